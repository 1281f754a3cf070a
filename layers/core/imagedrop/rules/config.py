"""Automatic configuration (is_config): where IMS can do it. It injects VirtIO drivers into BIOS images only, does
nothing on the fast channel, and knows only the systems on its list (IMS: FAQ on what the system does to an image)."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding, Kind
from imagedrop.findings import rules as say
from imagedrop.inspection.facts import DiskFacts
from imagedrop.rules.case import Case
from imagedrop.rules.system import System
from imagedrop.sidecar import os_versions

_DISK_DRIVERS = ("viostor", "vioscsi")


def settle(case: Case, system: System, firmware: str | None) -> bool:
    said = case.sidecar.is_config
    return said if said is not None else _why_not(case, system, firmware) is None


def judge(case: Case, system: System, firmware: str | None) -> Iterator[Finding]:
    why_not = _why_not(case, system, firmware)
    if case.sidecar.is_config is None and why_not and not case.alone:
        yield why_not(at="/is_config")
    elif case.sidecar.is_config and why_not is say.CONFIG_OFF_UEFI:
        yield say.CONFIG_UEFI(at="/is_config")


def _why_not(case: Case, system: System, firmware: str | None) -> Kind | None:
    if case.fast:
        return say.CONFIG_OFF_FAST
    if firmware == "uefi" and not has_disk_driver(case.image.facts):
        return say.CONFIG_OFF_UEFI
    if system.os_version in os_versions.UNLISTED or system.os_type == "Other":
        return say.CONFIG_OFF_OS
    return None


def has_disk_driver(facts: DiskFacts) -> bool:
    """A VirtIO disk driver that starts with the system. False where the registry was not read."""
    drivers = (facts.windows.drivers if facts.windows else None) or {}
    return any(drivers.get(name) == "boot" for name in _DISK_DRIVERS)
