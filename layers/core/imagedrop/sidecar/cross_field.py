"""Checks of two or more fields against each other. They work on the raw document, so that an error in one field hides
none of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from imagedrop.common import os_versions
from imagedrop.findings import Finding
from imagedrop.findings import sidecar as kinds
from imagedrop.sidecar import limits
from imagedrop.sidecar.pointer import Step, display_path, pointer
from imagedrop.sidecar.pydantic_errors import quoted

Document = Mapping[str, Any]


def findings_in_schema(document: Document) -> Iterator[Finding]:
    """What `schema` rejects too."""
    yield from _check_counts(document)
    yield from _check_os(document)
    if document.get("architecture") == "arm" and document.get("hw_firmware_type") == "bios":
        yield kinds.ARM_BIOS(at="/hw_firmware_type")
    if document.get("type") == "BMS" and "cmk_id" in document:
        yield kinds.BMS_ENCRYPTED(at="/cmk_id")
    if document.get("is_quick_import") is True and document.get("is_config") is True:
        yield kinds.FAST_CONFIGURED(at="/is_config")
    min_disk, smallest = document.get("min_disk"), limits.min_system_gb(document.get("os_type"))
    if _is_number(min_disk) and limits.SYSTEM_GB[0] <= min_disk < smallest:
        yield kinds.WINDOWS_DISK(at="/min_disk", got=quoted(min_disk), least=smallest)


def findings_beyond_schema(document: Document) -> Iterator[Finding]:
    """What JSON Schema cannot express."""
    files: set[str] = set()
    for position, entry in enumerate(_data_images(document)):
        file = entry.get("file") if isinstance(entry, Mapping) else None
        if isinstance(file, str) and file in files:
            steps: tuple[Step, ...] = ("data_images", position, "file")
            yield kinds.SAME_FILE(at=pointer(steps), field=display_path(steps), file=quoted(file))
        if isinstance(file, str):
            files.add(file)
    min_ram, max_ram = document.get("min_ram"), document.get("max_ram")
    if _is_number(min_ram) and _is_number(max_ram) and 0 < max_ram < min_ram:
        yield kinds.RAM_ORDER(at="/min_ram", least=quoted(min_ram), most=quoted(max_ram))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _data_images(document: Document) -> list[Any]:
    entries = document.get("data_images")
    return entries if isinstance(entries, list) else []


def _check_counts(document: Document) -> Iterator[Finding]:
    entries = _data_images(document)
    yield from _check_count(("data_images",), len(entries), limits.DATA_IMAGES)
    yield from _check_tags((), document)
    for position, entry in enumerate(entries):
        if isinstance(entry, Mapping):
            yield from _check_tags(("data_images", position), entry)


def _check_tags(steps: tuple[Step, ...], entry: Document) -> Iterator[Finding]:
    tags = entry.get("image_tags")
    if not isinstance(tags, Mapping):
        return
    at = (*steps, "image_tags")
    yield from _check_count(at, len(tags), limits.TAGS)
    if limits.OWN_TAG in tags:
        own = (*at, limits.OWN_TAG)
        yield kinds.TAG_RESERVED(at=pointer(own), field=display_path(own))


def _check_count(steps: tuple[Step, ...], count: int, most: int) -> Iterator[Finding]:
    if count > most:
        yield kinds.TOO_MANY(at=pointer(steps), field=display_path(steps), got=count, most=most, over=count - most)


def _check_os(document: Document) -> Iterator[Finding]:
    version, os_type = document.get("os_version"), document.get("os_type")
    if not isinstance(version, str):
        return
    is_windows = version in os_versions.WINDOWS
    if not limits.may_be_windows(os_type):
        if is_windows:
            yield kinds.OS_CONTRADICTION(at="/os_version", got=version, os_type=os_type)
    elif not is_windows:
        yield kinds.OS_VERSION(at="/os_version", got=quoted(version), near=_nearest_windows(version))


def _nearest_windows(version: str) -> str:
    """The known value that is most similar."""
    known = {name.lower(): name for name in os_versions.WINDOWS}
    return known[difflib.get_close_matches(version.lower()[:128], known, 1, 0.0)[0]]
