"""What a create call asks for, each field checked as IMS does (IMS API: CreateImage, quick import, CreateDataImage)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from imagedrop_local.ims import fields, tags
from imagedrop_local.ims.fields import Body
from imagedrop_local.ims.os_versions import OsVersion, listed
from imagedrop_local.ims.refusals import refused
from imagedrop_local.ims.switches import ImsSwitches

LARGEST_SYSTEM, LARGEST_DATA = 1024, 2048  # GB
TYPES = {"ECS": "ECS", "FusionCompute": "ECS", "BMS": "BMS", "Ironic": "BMS", "IsoImage": "IsoImage"}
VIRTUAL_ENV = {"ECS": "FusionCompute", "BMS": "Ironic", "IsoImage": "IsoImage", "DataImage": "DataImage"}


@dataclass(frozen=True)
class File:
    """One file that is to become one image. `url`: `<bucket>:<key>`, not yet looked at; `min_disk` GB."""

    role: Literal["system", "data"]
    name: str
    url: str
    min_disk: int
    description: str = ""
    quick: bool = False
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """A checked call; `attributes` are common to all its images, under the API's names."""

    job_type: str
    files: tuple[File, ...]
    attributes: dict[str, Any]
    windows: bool


class Orders:
    """Reads bodies under the switches. Every method raises Refused with the first rule that is broken."""

    def __init__(self, switches: ImsSwitches) -> None:
        self._switches = switches

    def image(self, body: Body) -> Order:
        """CreateImage from an object: a system image, and up to three data images."""
        fields.only_objects(body)
        quick = fields.flag(body, "is_quick_import")
        system = self._file(body, "system", quick, self._switches.ims_system_floor, LARGEST_SYSTEM)
        attributes, windows = self._system_attributes(body, quick)
        fields.flag(body, "is_config")
        listed_data = fields.items(body, "data_images")
        if len(listed_data) > 3:
            raise refused("IMG.0194", f"{len(listed_data)}, at most 3")
        data = [
            self._file({"name": f"{system.name}-{number}", **one}, "data", False, 1, LARGEST_DATA)
            for number, one in enumerate(listed_data, 1)
        ]
        return _order("imsImportImageJob", (system, *data), attributes, windows)

    def quick(self, body: Body) -> Order:
        """Quick import of a system or a data disk."""
        kind = fields.text(body, "type") or "ECS"
        if kind == "DataImage":
            file = self._file(body, "data", True, 1, LARGEST_DATA)
            attributes, windows = self._data_attributes(body)
            return _order("imsImportDataImageJob", (file,), attributes, windows)
        if kind not in ("ECS", "BMS"):
            raise refused("IMG.0024", kind)
        file = self._file(body, "system", True, self._switches.ims_system_floor, LARGEST_SYSTEM)
        return _order("imsImportImageJob", (file,), *self._system_attributes(body, True))

    def data(self, body: Body) -> Order:
        """CreateDataImage from an object."""
        fields.only_objects(body)
        file = self._file(body, "data", False, self._switches.ims_data_floor, LARGEST_DATA)
        return _order("imsImportDataImageJob", (file,), *self._data_attributes(body))

    def _file(self, body: Body, role: Literal["system", "data"], quick: bool, least: int, most: int) -> File:
        return File(
            role,
            self.name(body.get("name")),
            fields.url(body),
            fields.whole(body, "min_disk", least, most),
            description(body.get("description")),
            quick or fields.flag(body, "is_quick_import"),
            tags.read(body, tags.LIMITS[self._switches.ims_tag_limits]),
        )

    def name(self, value: Any) -> str:
        """An image name (IMS API: image attributes)."""
        if value is None or value == "":
            raise refused("IMG.0013")
        if not isinstance(value, str):
            raise refused("IMG.0003", "it is no string")
        if len(value) > 128:
            raise refused("IMG.0002", f"{len(value)}")
        chinese = "\u4e00-\u9fff" if self._switches.ims_chinese_names else ""
        if not re.fullmatch(rf"(?! )[A-Za-z0-9 ._{chinese}-]+(?<! )", value):
            raise refused("IMG.0003", repr(value))
        return value

    def _system_attributes(self, body: Body, quick: bool) -> tuple[dict[str, Any], bool]:
        kind = _kind(body)
        version = self._os_version(body)
        if version is None and quick:
            raise refused("IMG.0159")
        if version is None and kind == "IsoImage":
            raise refused("IMG.0166")
        os_type = self._os_type(body, version)
        fields.one_of(body, "license_type", ("platform", "byol"), "IMG.0001")
        architecture = fields.one_of(body, "architecture", ("x86", "arm"), "IMG.0212") or "x86"
        self._os_suits(architecture, os_type)
        attributes = {
            "virtual_env_type": VIRTUAL_ENV[kind],
            "__os_type": os_type or "Other",
            "__os_version": version.name if version else self._undetected(os_type),
            "__platform": version.platform if version else os_type or "Other",
            "__os_bit": str(version.bits if version else 64),
            "hw_firmware_type": _firmware(body, architecture, version),
            "__support_arm": "true" if architecture == "arm" else None,
            "__system__cmkid": self._key(body, kind, quick),
            "enterprise_project_id": fields.enterprise_project(body),
            **fields.memory(body),
        }
        return _present(attributes), os_type == "Windows" or os_type is None

    def _data_attributes(self, body: Body) -> tuple[dict[str, Any], bool]:
        os_type = fields.one_of(body, "os_type", ("Linux", "Windows"), "IMG.0056") or "Linux"
        attributes = {
            "virtual_env_type": "DataImage",
            "__os_type": os_type,
            "__system__cmkid": fields.kms_key(body),
            "enterprise_project_id": fields.enterprise_project(body),
        }
        return _present(attributes), False

    def _os_version(self, body: Body) -> OsVersion | None:
        name = fields.text(body, "os_version")
        if not name:
            return None
        version = listed(self._switches.ims_os_list, self._switches.ims_other_windows).get(name)
        if version is None:
            raise refused("IMG.0056", f"os_version {name!r} is not in this region's list")
        return version

    def _os_type(self, body: Body, version: OsVersion | None) -> str | None:
        given = fields.one_of(body, "os_type", ("Linux", "Windows", "Other"), "IMG.0056")
        if given and version and given != version.os_type:
            raise refused("IMG.0056", f"{version.name} is not {given}")
        return given or (version.os_type if version else None)

    def _os_suits(self, architecture: str, os_type: str | None) -> None:
        if os_type == "Windows" and self._switches.ims_refuses_windows:
            raise refused("IMG.0056", "Windows images are not provided in this region")
        if os_type == "Windows" and architecture == "arm" and not self._switches.ims_windows_on_arm:
            raise refused("IMG.0056", "no Windows runs on arm")

    def _undetected(self, os_type: str | None) -> str:
        return self._switches.ims_other_windows if os_type == "Windows" else "Other(64 bit)"

    def _key(self, body: Body, kind: str, quick: bool) -> str | None:
        key = fields.kms_key(body)
        if key and kind == "BMS":
            raise refused("IMG.0118")
        if key and kind == "IsoImage":
            raise refused("IMG.0100", "an ISO image")
        if key and quick and not self._switches.ims_quick_encrypts:
            raise refused("IMG.0100", "a quick import")
        return key


def description(value: Any) -> str:
    """A description: at most 1024 characters, no line break, no `<` or `>`."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refused("IMG.0054", "it is no string")
    if len(value) > 1024:
        raise refused("IMG.0004", f"{len(value)}")
    if re.search(r"[\r\n<>]", value):
        raise refused("IMG.0054")
    return value


def _kind(body: Body) -> str:
    given = fields.text(body, "type") or "ECS"
    if given not in TYPES:
        raise refused("IMG.0024", given)
    return TYPES[given]


def _firmware(body: Body, architecture: str, version: OsVersion | None) -> str:
    given = fields.one_of(body, "hw_firmware_type", ("bios", "uefi"), "IMG.0141")
    if architecture == "arm":
        if given == "bios":
            raise refused("IMG.0141", "arm boots by uefi only")
        return "uefi"
    if given == "uefi" and version and not version.uefi:
        raise refused("IMG.0141", f"{version.name} does not boot by uefi")
    return given or "bios"


def _order(job_type: str, files: tuple[File, ...], attributes: dict[str, Any], windows: bool) -> Order:
    urls = [file.url for file in files]
    if len(set(urls)) < len(urls):
        raise refused("IMG.0123")
    return Order(job_type, files, attributes, windows)


def _present(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
