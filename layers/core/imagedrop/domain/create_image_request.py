"""The body of IMS's CreateImage, as it is sent and stored in the ledger (IMS API: CreateImage, image file in OBS)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict


class ImageTag(TypedDict):
    key: str
    value: str


class DataImageRequest(TypedDict):
    """One data disk. `image_url`: `<bucket>:<key>`; `min_disk`: GiB."""

    name: NotRequired[str]
    min_disk: NotRequired[int]
    is_quick_import: NotRequired[bool]
    image_url: str
    image_tags: list[ImageTag]
    description: NotRequired[str]


class CreateImageRequest(TypedDict):
    """`image_url`: `<bucket>:<key>`; `min_disk`: GiB; `min_ram`, `max_ram`: MiB. Fields in stored order."""

    name: str
    os_type: NotRequired[str]
    os_version: NotRequired[str]
    architecture: NotRequired[str]
    hw_firmware_type: NotRequired[str]
    min_disk: int
    type: NotRequired[str]
    is_config: NotRequired[bool]
    is_quick_import: NotRequired[bool]
    cmk_id: NotRequired[str]
    enterprise_project_id: NotRequired[str]
    min_ram: NotRequired[int]
    max_ram: NotRequired[int]
    license_type: NotRequired[str]
    image_url: str
    image_tags: list[ImageTag]
    description: NotRequired[str]
    data_images: NotRequired[list[DataImageRequest]]


# A row may come from another version, so pydantic checks only that its request is a dict.
if TYPE_CHECKING:
    StoredRequest = CreateImageRequest
else:
    StoredRequest = dict[str, Any]
