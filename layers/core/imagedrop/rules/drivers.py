"""The VirtIO drivers that a cloud server (ECS) needs: one for its disk at boot, one for its network. Checked only if
the registry was read (IMS: preparing an image file; FAQ on what the system does to an image)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import RuleInput

DISK = ("viostor", "vioscsi")
NETWORK = "netkvm"
_NOT_WORKING = ("absent", "disabled")


def driver_starts(given: RuleInput) -> Mapping[str, str]:
    """Driver -> when it starts; only drivers for which that is known."""
    windows = given.image.facts.windows
    return (windows.drivers if windows else None) or {}


def lacks_disk_driver(given: RuleInput) -> bool:
    """Whether a cloud server created from the image would not find its disk. False if the registry was not read."""
    known = not driver_starts(given).keys().isdisjoint(DISK)
    return given.sidecar.type == "ECS" and known and not has_boot_disk_driver(given)


def has_boot_disk_driver(given: RuleInput) -> bool:
    """Whether a VirtIO disk driver starts at boot. False if the registry was not read."""
    return any(driver_starts(given).get(name) == "boot" for name in DISK)


def check(given: RuleInput, boot_mode: str | None, *, injected: bool) -> Iterator[Finding]:
    """`injected`: IMS installs the drivers in the image."""
    if lacks_disk_driver(given):
        yield _no_disk_driver(given, boot_mode, injected=injected)
    network = driver_starts(given).get(NETWORK)
    if network in _NOT_WORKING and given.sidecar.type == "ECS":
        yield kinds.NO_NETWORK(found=network)


def _no_disk_driver(given: RuleInput, boot_mode: str | None, *, injected: bool) -> Finding:
    starts = driver_starts(given)
    found = ", ".join(f"{name} {starts[name]}" for name in DISK if name in starts)
    if given.fast:
        return kinds.NO_DISK_FAST(at="/is_quick_import", found=found)
    if boot_mode == "uefi":
        return kinds.NO_DISK_UEFI(found=found)
    if injected:
        return kinds.DISK_INJECTED(found=found)
    return kinds.NO_DISK(at="/is_config" if given.sidecar.is_config is False else None, found=found)
