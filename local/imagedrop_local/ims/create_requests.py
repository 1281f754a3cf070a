"""Parses create calls and checks each field as IMS does (IMS API: CreateImage, quick import, CreateDataImage)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from imagedrop_local.ims import fields, tags
from imagedrop_local.ims.attributes import Attributes
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.fields import Body
from imagedrop_local.ims.switches import ImsSwitches

MAX_SYSTEM_DISK, MAX_DATA_DISK = 1024, 2048  # GB
MIN_DISK_WINDOWS, MIN_DISK_OTHERS = 20, 10  # GB, if the limit depends on the OS

MinDisk = int | Literal["by_os"]


@dataclass(frozen=True)
class ImageFile:
    """A file to import. `url`: `<bucket>:<key>`, not yet checked. `min_disk`: GB. `image_id`: the existing image that
    gets this file."""

    role: Literal["system", "data"]
    name: str
    url: str
    min_disk: int
    description: str = ""
    quick: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    image_id: str | None = None


@dataclass(frozen=True)
class ImportRequest:
    """A checked create call. `attributes`: those of all its images, with the API's names."""

    job_type: str
    files: tuple[ImageFile, ...]
    attributes: dict[str, Any]
    windows: bool

    def __post_init__(self) -> None:
        """Raises ApiError if two files are the same object."""
        if len({file.url for file in self.files}) < len(self.files):
            raise api_error("IMG.0123")


class RequestParser:
    """Parses bodies as the switches say. Every method raises ApiError for the first invalid field."""

    def __init__(self, switches: ImsSwitches) -> None:
        self._switches, self._attributes = switches, Attributes(switches)

    def image(self, body: Body) -> ImportRequest:
        """CreateImage from an object: a system image and up to three data images."""
        fields.only_objects(body)
        quick = fields.flag(body, "is_quick_import")
        system = self._file(body, "system", quick, _smallest(self._switches.ims_system_floor), MAX_SYSTEM_DISK)
        attributes, windows = self._attributes.system(body, quick)
        self._check_min_disk(self._switches.ims_system_floor, system, windows)
        fields.flag(body, "is_config")
        listed_data = fields.items(body, "data_images")
        if len(listed_data) > 3:
            raise api_error("IMG.0194", f"{len(listed_data)}, at most 3")
        data = [
            self._file({"name": f"{system.name}-{number}", **item}, "data", False, 1, MAX_DATA_DISK)
            for number, item in enumerate(listed_data, 1)
        ]
        return ImportRequest("imsImportImageJob", (system, *data), attributes, windows)

    def quick(self, body: Body) -> ImportRequest:
        """Quick import of a system or a data disk."""
        kind = fields.text(body, "type") or "ECS"
        if kind == "DataImage":
            file = self._file(body, "data", True, 1, MAX_DATA_DISK)
            return ImportRequest("imsImportDataImageJob", (file,), *self._attributes.data(body, True))
        if kind not in ("ECS", "BMS"):
            raise api_error("IMG.0024", kind)
        file = self._file(body, "system", True, _smallest(self._switches.ims_quick_floor), MAX_SYSTEM_DISK)
        attributes, windows = self._attributes.system(body, True)
        self._check_min_disk(self._switches.ims_quick_floor, file, windows)
        return ImportRequest("imsImportImageJob", (file,), attributes, windows)

    def native(self, body: Body) -> ImportRequest:
        """GlanceCreateImageMetadata: an image that gets its file later."""
        given = {"os_version": body.get("__os_version") or "Other Linux(64 bit)", "min_ram": body.get("min_ram")}
        attributes, windows = self._attributes.system(given, False)
        smallest = MIN_DISK_WINDOWS if windows else MIN_DISK_OTHERS
        size = fields.whole_number({"min_disk": smallest, **body}, "min_disk", smallest, MAX_SYSTEM_DISK)
        name = self.name(body["name"]) if body.get("name") else ""
        image_tags = tags.read(body, tags.LIMITS[self._switches.ims_tag_limits])
        return ImportRequest(
            "imsNativeImportImageJob", (ImageFile("system", name, "", size, tags=image_tags),), attributes, windows
        )

    def data(self, body: Body) -> ImportRequest:
        """CreateDataImage from an object."""
        fields.only_objects(body)
        file = self._file(body, "data", False, self._switches.ims_data_floor, MAX_DATA_DISK)
        return ImportRequest("imsImportDataImageJob", (file,), *self._attributes.data(body, False))

    def _file(self, body: Body, role: Literal["system", "data"], quick: bool, smallest: int, largest: int) -> ImageFile:
        return ImageFile(
            role,
            self.name(body.get("name")),
            fields.url(body),
            fields.whole_number(body, "min_disk", smallest, largest),
            fields.description(body.get("description")),
            quick or fields.flag(body, "is_quick_import"),
            tags.read(body, tags.LIMITS[self._switches.ims_tag_limits]),
        )

    def _check_min_disk(self, min_disk: MinDisk, file: ImageFile, windows: bool) -> None:
        if min_disk == "by_os" and windows and file.min_disk < MIN_DISK_WINDOWS:
            raise api_error("IMG.0055", f"min_disk {file.min_disk}, at least {MIN_DISK_WINDOWS} for Windows")

    def name(self, value: Any) -> str:
        """An image name (IMS API: image attributes)."""
        if value is None or value == "":
            raise api_error("IMG.0013")
        if not isinstance(value, str):
            raise api_error("IMG.0003", "it is not a string")
        if len(value) > 128:
            raise api_error("IMG.0002", f"{len(value)}")
        last = chr(int(self._switches.ims_chinese_end, 16))
        chinese = f"\u4e00-{last}" if self._switches.ims_chinese_names else ""
        if not re.fullmatch(rf"(?! )[A-Za-z0-9 ._{chinese}-]+(?<! )", value):
            raise api_error("IMG.0003", repr(value))
        return value


def _smallest(min_disk: MinDisk) -> int:
    return MIN_DISK_OTHERS if min_disk == "by_os" else min_disk
