"""Automatic configuration (is_config). IMS installs VirtIO drivers in BIOS images only, does nothing on the fast
channel, and supports only the systems on its list (IMS: FAQ on what the system does to an image)."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding, Kind
from imagedrop.findings import rules as kinds
from imagedrop.rules import drivers
from imagedrop.rules.rule_input import RuleInput
from imagedrop.rules.system import System, is_unlisted


def resolve(given: RuleInput, system: System, boot_mode: str | None) -> bool:
    """As the sidecar says; if it says nothing, True where it can work."""
    wanted = given.sidecar.is_config
    return wanted if wanted is not None else _obstacle(given, system, boot_mode) is None


def injects_drivers(given: RuleInput, system: System, boot_mode: str | None) -> bool:
    """Whether IMS installs VirtIO drivers in the image."""
    possible = not given.fast and boot_mode != "uefi" and not is_unlisted(given, system)
    return possible and resolve(given, system, boot_mode)


def check(given: RuleInput, system: System, boot_mode: str | None) -> Iterator[Finding]:
    obstacle = _obstacle(given, system, boot_mode)
    if obstacle is kinds.CONFIG_OFF_UEFI and drivers.lacks_disk_driver(given):
        return  # `drivers.check` reports that as an error
    if given.sidecar.is_config is None and obstacle and given.has_sidecar:
        yield obstacle(at="/is_config")
    elif given.sidecar.is_config and obstacle is kinds.CONFIG_OFF_UEFI:
        yield kinds.CONFIG_UEFI(at="/is_config")


def _obstacle(given: RuleInput, system: System, boot_mode: str | None) -> Kind | None:
    """Why IMS cannot configure the system."""
    if given.fast:
        return kinds.CONFIG_OFF_FAST
    if boot_mode == "uefi" and not drivers.has_boot_disk_driver(given):
        return kinds.CONFIG_OFF_UEFI
    if is_unlisted(given, system):
        return kinds.CONFIG_OFF_OS
    return None
