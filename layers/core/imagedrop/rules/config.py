"""Automatic configuration (is_config): where IMS can do it. It injects VirtIO drivers into BIOS images only, does
nothing on the fast channel, and knows only the systems on its list (IMS: FAQ on what the system does to an image)."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding, Kind
from imagedrop.findings import rules as say
from imagedrop.rules import drivers
from imagedrop.rules.rule_input import RuleInput
from imagedrop.rules.system import System, unlisted


def resolve(case: RuleInput, system: System, firmware: str | None) -> bool:
    said = case.sidecar.is_config
    return said if said is not None else _why_not(case, system, firmware) is None


def injects(case: RuleInput, system: System, firmware: str | None) -> bool:
    """Whether IMS puts VirtIO drivers into the image."""
    possible = not case.fast and firmware != "uefi" and not unlisted(case, system)
    return possible and resolve(case, system, firmware)


def check(case: RuleInput, system: System, firmware: str | None) -> Iterator[Finding]:
    why_not = _why_not(case, system, firmware)
    if why_not is say.CONFIG_OFF_UEFI and drivers.lacks_disk(case):
        return  # which is an error of its own
    if case.sidecar.is_config is None and why_not and not case.alone:
        yield why_not(at="/is_config")
    elif case.sidecar.is_config and why_not is say.CONFIG_OFF_UEFI:
        yield say.CONFIG_UEFI(at="/is_config")


def _why_not(case: RuleInput, system: System, firmware: str | None) -> Kind | None:
    if case.fast:
        return say.CONFIG_OFF_FAST
    if firmware == "uefi" and not drivers.starts_disk(case):
        return say.CONFIG_OFF_UEFI
    if unlisted(case, system):
        return say.CONFIG_OFF_OS
    return None
