"""The sidecar as a model: one field after the other. What two fields say together is in `together`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

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
    """Types are never turned into one another; only 40.0 is 40, as JSON and JSON Schema mean it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, regex_engine="python-re")

    @field_validator("*", mode="before")
    @classmethod
    def as_json_means_it(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("null", "null is not left out")
        return int(value) if isinstance(value, float) and value.is_integer() else value


class Owner(_Strict):
    email: Annotated[str, _text(limits.EMAIL)] = Field(description="who is told how the drop ended")
    name: Annotated[str, _text(limits.PERSON)] | None = Field(None, description="how the owner is addressed")
    language: Literal["en", "zh"] = Field("en", description="the language of the notice")


class DataImage(_Strict):
    file: Annotated[str, _text(limits.FILE)] = Field(
        description="bare name of the data disk's file in the image's own folder"
    )
    name: Name | None = Field(None, description="left out: made from the image's name")
    min_disk: Annotated[int, _between(limits.DATA_GB)] | None = Field(
        None, description="GB; left out: the smallest that holds the disk"
    )
    description: Description | None = None
    image_tags: Tags | None = Field(None, description="at most nine; `imagedrop` is taken")
    is_quick_import: bool = Field(False, description="fast channel for this disk")


class Sidecar(_Strict):
    """What the owner wants. Field names are those of IMS CreateImage."""

    schema_: Annotated[str, _text(limits.LINE)] | None = Field(
        None, alias="$schema", description="where editors find this schema"
    )
    name: Name = Field(description="name of the image in IMS")
    owner: Owner
    description: Description | None = None
    os_type: Literal["Windows", "Linux", "Other"] | None = Field(None, description="left out: from the image")
    os_version: Annotated[str, _text(limits.PERSON)] | None = Field(
        None, description="as IMS spells it; left out: from the image's registry"
    )
    architecture: Literal["x86", "arm"] | None = Field(None, description="left out: from the image; arm means uefi")
    hw_firmware_type: Literal["bios", "uefi"] | None = Field(None, description="left out: from the partition table")
    min_disk: Annotated[int, _between(limits.SYSTEM_GB)] | None = Field(
        None, description="GB of the system disk; left out: the smallest that holds the image"
    )
    data_images: list[DataImage] = Field([], description="data disks, at most three")
    type: Literal["ECS", "BMS"] = Field("ECS", description="for cloud servers or for bare metal")
    is_config: bool | None = Field(None, description="IMS prepares the system; left out: where that can work")
    is_quick_import: bool = Field(False, description="fast channel: raw with a bitmap file, or zvhd2")
    cmk_id: Annotated[str, _text(limits.KEY_ID)] | None = Field(None, description="KMS key that encrypts the image")
    enterprise_project_id: Annotated[str, _text(limits.PROJECT)] | None = Field(
        None, description="0 or left out: the default project"
    )
    image_tags: Tags | None = Field(None, description="at most nine; `imagedrop` is taken")
    min_ram: Annotated[int, _between(limits.RAM_MB)] | None = Field(None, description="MB; 0: no limit")
    max_ram: Annotated[int, _between(limits.RAM_MB)] | None = Field(None, description="MB; 0: no limit")
    license_type: Literal["platform", "byol"] | None = Field(None, description="of Windows")
    region: Annotated[str, _text(limits.REGION)] | None = Field(None, description="must be the installation's own")
    size: Annotated[int, _between(limits.FILE_BYTES)] | None = Field(
        None, description="bytes of the image; one that differs has not arrived yet"
    )
    etag: Annotated[str, _text(limits.ETAG)] | None = Field(
        None, description="ETag of the image; one that differs has not arrived yet"
    )
