"""The sidecar as a model, field by field. `cross_field` checks fields against each other."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from imagedrop.domain.email_address import EMAIL
from imagedrop.sidecar import limits


def _text(pattern: str) -> Any:
    return Field(pattern=pattern)


def _between(bounds: tuple[int, int]) -> Any:
    return Field(ge=bounds[0], le=bounds[1])


Name = Annotated[str, _text(limits.NAME)]
Description = Annotated[str, _text(limits.DESCRIPTION)]
TagKey = Annotated[str, _text(limits.TAG_KEY)]
TagValue = Annotated[str, _text(limits.TAG_VALUE)]
Tags = dict[TagKey, TagValue]


class _Strict(BaseModel):
    """No conversion between types, except that 40.0 is 40, as in JSON Schema."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, regex_engine="python-re")

    @field_validator("*", mode="before")
    @classmethod
    def as_in_json_schema(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("null", "null is not allowed")
        return int(value) if isinstance(value, float) and value.is_integer() else value


class Owner(_Strict):
    email: Annotated[str, _text(EMAIL)] = Field(description="gets a mail when the drop has ended")
    name: Annotated[str, _text(limits.PERSON)] | None = Field(None, description="used in the greeting of the mail")
    language: Literal["en", "zh"] = Field("en", description="language of the mail")


class DataImage(_Strict):
    file: Annotated[str, _text(limits.FILE)] = Field(
        description="name of the data disk's file, in the same folder as the image"
    )
    name: Name | None = Field(None, description="default: made from the image's name")
    min_disk: Annotated[int, _between(limits.DATA_GB)] | None = Field(
        None, description="GB; default: the smallest that fits the disk"
    )
    description: Description | None = None
    image_tags: Tags | None = Field(None, description="at most nine; `imagedrop` is reserved")
    is_quick_import: bool = Field(False, description="fast channel for this disk")


class Sidecar(_Strict):
    """What the owner wants. Field names as in IMS CreateImage."""

    schema_: Annotated[str, _text(limits.LINE)] | None = Field(
        None, alias="$schema", description="tells editors where to find this schema"
    )
    name: Name = Field(description="name of the image in IMS")
    owner: Owner
    description: Description | None = None
    os_type: Literal["Windows", "Linux", "Other"] | None = Field(None, description="default: read from the image")
    os_version: Annotated[str, _text(limits.PERSON)] | None = Field(
        None, description="as IMS spells it; default: read from the image's registry"
    )
    architecture: Literal["x86", "arm"] | None = Field(None, description="default: read from the image; arm means uefi")
    hw_firmware_type: Literal["bios", "uefi"] | None = Field(None, description="default: read from the partition table")
    min_disk: Annotated[int, _between(limits.SYSTEM_GB)] | None = Field(
        None, description="GB of the system disk; default: the smallest that fits the image"
    )
    data_images: list[DataImage] = Field([], description="data disks, at most three")
    type: Literal["ECS", "BMS"] = Field("ECS", description="ECS: for cloud servers; BMS: for bare metal servers")
    is_config: bool | None = Field(None, description="IMS prepares the system; default: true where that can work")
    is_quick_import: bool = Field(False, description="fast channel: raw with a bitmap file, or zvhd2")
    cmk_id: Annotated[str, _text(limits.KEY_ID)] | None = Field(None, description="KMS key that encrypts the image")
    enterprise_project_id: Annotated[str, _text(limits.PROJECT)] | None = Field(
        None, description="default: 0, the default project"
    )
    image_tags: Tags | None = Field(None, description="at most nine; `imagedrop` is reserved")
    min_ram: Annotated[int, _between(limits.RAM_MB)] | None = Field(None, description="MB; 0: no limit")
    max_ram: Annotated[int, _between(limits.RAM_MB)] | None = Field(None, description="MB; 0: no limit")
    license_type: Literal["platform", "byol"] | None = Field(None, description="only for Windows")
    region: Annotated[str, _text(limits.REGION)] | None = Field(None, description="must be the installation's")
    size: Annotated[int, _between(limits.FILE_BYTES)] | None = Field(
        None, description="bytes of the image file; until it matches, imagedrop waits for the upload"
    )
    etag: Annotated[str, _text(limits.ETAG)] | None = Field(
        None, description="ETag of the image file; until it matches, imagedrop waits for the upload"
    )
