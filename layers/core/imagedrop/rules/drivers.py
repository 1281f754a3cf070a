"""The VirtIO drivers that a cloud server (ECS) needs: of its disk at boot, of its network after that. Judged where the
registry was read (IMS: preparing an image file; FAQ on what the system does to an image)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.rule_input import RuleInput

DISK = ("viostor", "vioscsi")
NETWORK = "netkvm"
_IDLE = ("absent", "disabled")


def read(case: RuleInput) -> Mapping[str, str]:
    """Driver -> when it starts; without those of which that is not known."""
    windows = case.image.facts.windows
    return (windows.drivers if windows else None) or {}


def lacks_disk(case: RuleInput) -> bool:
    """A cloud server made from it finds no disk. False where the registry was not read."""
    return case.sidecar.type == "ECS" and not read(case).keys().isdisjoint(DISK) and not starts_disk(case)


def starts_disk(case: RuleInput) -> bool:
    """A VirtIO disk driver starts with the system. False where the registry was not read."""
    return any(read(case).get(name) == "boot" for name in DISK)


def check(case: RuleInput, firmware: str | None, *, injected: bool) -> Iterator[Finding]:
    """`injected`: IMS puts the drivers into the image."""
    if lacks_disk(case):
        yield _no_disk(case, firmware, injected=injected)
    network = read(case).get(NETWORK)
    if network in _IDLE and case.sidecar.type == "ECS":
        yield say.NO_NETWORK(found=network)


def _no_disk(case: RuleInput, firmware: str | None, *, injected: bool) -> Finding:
    found = ", ".join(f"{name} {read(case)[name]}" for name in DISK if name in read(case))
    if case.fast:
        return say.NO_DISK_FAST(at="/is_quick_import", found=found)
    if firmware == "uefi":
        return say.NO_DISK_UEFI(found=found)
    if injected:
        return say.DISK_INJECTED(found=found)
    return say.NO_DISK(at="/is_config" if case.sidecar.is_config is False else None, found=found)
