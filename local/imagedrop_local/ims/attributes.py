"""The attributes of the images of a create call: OS, firmware, encryption, project (IMS API: image attributes)."""

from __future__ import annotations

from typing import Any

from imagedrop_local.ims import fields
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.fields import Body
from imagedrop_local.ims.os_versions import OsVersion, versions_of_region
from imagedrop_local.ims.switches import ImsSwitches

TYPES = {"ECS": "ECS", "FusionCompute": "ECS", "BMS": "BMS", "Ironic": "BMS", "IsoImage": "IsoImage"}
VIRTUAL_ENV = {"ECS": "FusionCompute", "BMS": "Ironic", "IsoImage": "IsoImage", "DataImage": "DataImage"}


class Attributes:
    """Each method returns the attributes, and whether the image is or may be Windows. Raises ApiError."""

    def __init__(self, switches: ImsSwitches) -> None:
        self._switches = switches

    def system(self, body: Body, quick: bool) -> tuple[dict[str, Any], bool]:
        kind = _kind(body)
        version = self._os_version(body)
        if version is None and quick:
            raise api_error("IMG.0159")
        if version is None and kind == "IsoImage":
            raise api_error("IMG.0166")
        os_type = self._os_type(body, version)
        fields.one_of(body, "license_type", ("platform", "byol"), "IMG.0001")
        architecture = fields.one_of(body, "architecture", ("x86", "arm"), "IMG.0212") or "x86"
        self._check_os(architecture, os_type)
        attributes = {
            "virtual_env_type": VIRTUAL_ENV[kind],
            "__os_type": os_type or "Other",
            "__os_version": version.name if version else self._default_os_version(os_type),
            "__platform": version.platform if version else os_type or "Other",
            "__os_bit": str(version.bits if version else 64),
            "hw_firmware_type": _firmware(body, architecture, version),
            "__support_arm": "true" if architecture == "arm" else None,
            "__system__cmkid": self._kms_key(body, kind, quick),
            "enterprise_project_id": fields.enterprise_project(body),
            **fields.memory(body),
        }
        return _without_none(attributes), os_type == "Windows" or os_type is None

    def data(self, body: Body, quick: bool) -> tuple[dict[str, Any], bool]:
        os_type = fields.one_of(body, "os_type", ("Linux", "Windows"), "IMG.0056") or "Linux"
        attributes = {
            "virtual_env_type": "DataImage",
            "__os_type": os_type,
            "__system__cmkid": self._kms_key(body, "DataImage", quick),
            "enterprise_project_id": fields.enterprise_project(body),
        }
        return _without_none(attributes), False

    def _os_version(self, body: Body) -> OsVersion | None:
        name = fields.text(body, "os_version")
        if not name:
            return None
        version = versions_of_region(self._switches).get(name)
        if version is None:
            raise api_error("IMG.0056", f"os_version {name!r} is not in this region's list")
        return version

    def _os_type(self, body: Body, version: OsVersion | None) -> str | None:
        given = fields.one_of(body, "os_type", ("Linux", "Windows", "Other"), "IMG.0056")
        if given and version and given != version.os_type:
            raise api_error("IMG.0056", f"{version.name} is not {given}")
        return given or (version.os_type if version else None)

    def _check_os(self, architecture: str, os_type: str | None) -> None:
        if os_type == "Windows" and self._switches.ims_refuses_windows:
            raise api_error(self._switches.ims_windows_code, "Windows images are not provided in this region")
        if os_type == "Windows" and architecture == "arm" and not self._switches.ims_windows_on_arm:
            raise api_error("IMG.0056", "no Windows runs on arm")

    def _default_os_version(self, os_type: str | None) -> str:
        return self._switches.ims_other_windows if os_type == "Windows" else "Other(64 bit)"

    def _kms_key(self, body: Body, kind: str, quick: bool) -> str | None:
        key = fields.kms_key(body)
        if key and kind == "BMS":
            raise api_error("IMG.0118")
        if key and kind == "IsoImage":
            raise api_error("IMG.0100", "an ISO image")
        if key and quick and not self._switches.ims_quick_encrypts:
            raise api_error("IMG.0100", "a quick import")
        return key


def _kind(body: Body) -> str:
    given = fields.text(body, "type") or "ECS"
    if given not in TYPES:
        raise api_error("IMG.0024", given)
    return TYPES[given]


def _firmware(body: Body, architecture: str, version: OsVersion | None) -> str:
    given = fields.one_of(body, "hw_firmware_type", ("bios", "uefi"), "IMG.0141")
    if architecture == "arm":
        if given == "bios":
            raise api_error("IMG.0141", "arm boots by uefi only")
        return "uefi"
    if given == "uefi" and version and not version.uefi:
        raise api_error("IMG.0141", f"{version.name} does not boot by uefi")
    return given or "bios"


def _without_none(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
