"""How the disk starts. IMS does not correct a wrong boot mode, so a contradiction is an error; arm means UEFI.

Source: IMS API CreateImage (hw_firmware_type, architecture); user guide, systems that support UEFI boot mode.
"""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.rule_input import RuleInput
from imagedrop.rules.system import System, unlisted
from imagedrop.sidecar import os_versions


def resolve(case: RuleInput, system: System) -> str | None:
    """What is registered; None leaves it to IMS."""
    return _known(case) or ("uefi" if system.architecture == "arm" else None)


def check(case: RuleInput, system: System, firmware: str | None) -> Iterator[Finding]:
    there, here = case.sidecar.hw_firmware_type, case.image.facts.hw_firmware_type
    at = "/hw_firmware_type" if there else None
    if there and here and there != here:
        yield say.FIRMWARE_DIFFERS(at=at, said=there, found=here)
    if system.architecture == "arm" and firmware == "bios":
        yield say.ARM_NEEDS_UEFI(at=at)
    if system.architecture != "arm" and firmware == "uefi":
        yield from _with_uefi(case, system, "/os_version" if case.sidecar.os_version else at)
    if firmware is None and not case.alone and not case.image.broken:
        yield say.FIRMWARE_UNKNOWN(at="/hw_firmware_type")


def _with_uefi(case: RuleInput, system: System, at: str | None) -> Iterator[Finding]:
    if system.os_version in os_versions.BIOS_ONLY:
        yield say.OS_WITHOUT_UEFI(at=at, os_version=system.os_version)
    elif system.os_type == "Windows" and unlisted(case, system):
        windows = case.image.facts.windows
        name = (windows and windows.product_name) or system.os_version or "this Windows"
        yield say.OS_UNLISTED_UEFI(at=at, os_version=name)


def _known(case: RuleInput) -> str | None:
    return case.image.facts.hw_firmware_type or case.sidecar.hw_firmware_type
