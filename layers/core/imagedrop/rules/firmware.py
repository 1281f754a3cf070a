"""The boot mode. IMS does not correct a wrong one, so a contradiction is an error; arm means UEFI.

Source: IMS API CreateImage (hw_firmware_type, architecture); user guide, systems that support UEFI boot mode.
"""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.common import os_versions
from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import RuleInput
from imagedrop.rules.system import System, is_unlisted


def resolve(given: RuleInput, system: System) -> str | None:
    """The boot mode to register; None: IMS decides."""
    known = given.image.facts.hw_firmware_type or given.sidecar.hw_firmware_type
    return known or ("uefi" if system.architecture == "arm" else None)


def check(given: RuleInput, system: System, boot_mode: str | None) -> Iterator[Finding]:
    in_sidecar, in_image = given.sidecar.hw_firmware_type, given.image.facts.hw_firmware_type
    at = "/hw_firmware_type" if in_sidecar else None
    if in_sidecar and in_image and in_sidecar != in_image:
        yield kinds.FIRMWARE_DIFFERS(at=at, said=in_sidecar, found=in_image)
    if system.architecture == "arm" and boot_mode == "bios":
        yield kinds.ARM_NEEDS_UEFI(at=at)
    if system.architecture != "arm" and boot_mode == "uefi":
        yield from _check_uefi(given, system, "/os_version" if given.sidecar.os_version else at)
    if boot_mode is None and given.has_sidecar and not given.image.broken:
        yield kinds.FIRMWARE_UNKNOWN(at="/hw_firmware_type")


def _check_uefi(given: RuleInput, system: System, at: str | None) -> Iterator[Finding]:
    if system.os_version in os_versions.BIOS_ONLY:
        yield kinds.OS_WITHOUT_UEFI(at=at, os_version=system.os_version)
    elif system.os_type == "Windows" and is_unlisted(given, system):
        windows = given.image.facts.windows
        name = (windows and windows.product_name) or system.os_version or "this Windows"
        yield kinds.OS_UNLISTED_UEFI(at=at, os_version=name)
