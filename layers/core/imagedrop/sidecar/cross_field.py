"""What two or more parts of a sidecar say together. Judged on the raw document, so that a fault in one field hides none
of these; `seen_by_schema` is what `schema` says as well, `beyond_schema` what JSON Schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from imagedrop.findings import Finding
from imagedrop.findings import sidecar as say
from imagedrop.sidecar import limits, os_versions
from imagedrop.sidecar.pointer import Step, pointer, spoken
from imagedrop.sidecar.pydantic_errors import quoted

Document = Mapping[str, Any]


def seen_by_schema(document: Document) -> Iterator[Finding]:
    yield from _counts(document)
    yield from _os(document)
    if document.get("architecture") == "arm" and document.get("hw_firmware_type") == "bios":
        yield say.ARM_BIOS(at="/hw_firmware_type")
    if document.get("type") == "BMS" and "cmk_id" in document:
        yield say.BMS_ENCRYPTED(at="/cmk_id")
    if document.get("is_quick_import") is True and document.get("is_config") is True:
        yield say.FAST_CONFIGURED(at="/is_config")
    disk, least = document.get("min_disk"), limits.WINDOWS_LEAST_GB
    if document.get("os_type") not in ("Linux", "Other") and _number(disk) and limits.SYSTEM_GB[0] <= disk < least:
        yield say.WINDOWS_DISK(at="/min_disk", got=quoted(disk), least=least)


def beyond_schema(document: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, entry in enumerate(_data_images(document)):
        file = entry.get("file") if isinstance(entry, Mapping) else None
        if isinstance(file, str) and file in seen:
            steps: tuple[Step, ...] = ("data_images", position, "file")
            yield say.SAME_FILE(at=pointer(steps), field=spoken(steps), file=quoted(file))
        if isinstance(file, str):
            seen.add(file)
    least, most = document.get("min_ram"), document.get("max_ram")
    if _number(least) and _number(most) and 0 < most < least:
        yield say.RAM_ORDER(at="/min_ram", least=quoted(least), most=quoted(most))


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _data_images(document: Document) -> list[Any]:
    listed = document.get("data_images")
    return listed if isinstance(listed, list) else []


def _counts(document: Document) -> Iterator[Finding]:
    listed = _data_images(document)
    yield from _too_many(("data_images",), len(listed), limits.DATA_IMAGES)
    yield from _tags((), document)
    for position, entry in enumerate(listed):
        if isinstance(entry, Mapping):
            yield from _tags(("data_images", position), entry)


def _tags(steps: tuple[Step, ...], entry: Document) -> Iterator[Finding]:
    tags = entry.get("image_tags")
    if not isinstance(tags, Mapping):
        return
    at = (*steps, "image_tags")
    yield from _too_many(at, len(tags), limits.TAGS)
    if limits.OWN_TAG in tags:
        own = (*at, limits.OWN_TAG)
        yield say.TAG_RESERVED(at=pointer(own), field=spoken(own))


def _too_many(steps: tuple[Step, ...], got: int, most: int) -> Iterator[Finding]:
    if got > most:
        yield say.TOO_MANY(at=pointer(steps), field=spoken(steps), got=got, most=most, over=got - most)


def _os(document: Document) -> Iterator[Finding]:
    version, os_type = document.get("os_version"), document.get("os_type")
    if not isinstance(version, str):
        return
    known = version in os_versions.WINDOWS
    if os_type in ("Linux", "Other"):
        if known:
            yield say.OS_CONTRADICTION(at="/os_version", got=version, os_type=os_type)
    elif not known:
        yield say.OS_VERSION(at="/os_version", got=quoted(version), near=os_versions.nearest(version))
