"""Whether every drop in the bucket has ended: its result file names these file versions, and its end marker exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop, FileVersion, Versions
from imagedrop.workflow.bucket_records import end_markers
from tests.chaos.observation import BUCKET, End, Observation, Seconds

NEVER = float("inf")


def unfinished_drops(observed: Observation) -> dict[str, str]:
    """Image key -> what is missing, for each drop that has not ended with its present files."""
    read = {
        (key, _pair(version)) for result in observed.results.values() for key, version in result["versions"].items()
    }
    unfinished = {}
    for key in _image_keys(observed.objects):
        image, sidecar = observed.objects.get(key), object_keys.sidecar_key(key)
        is_data_file = (
            sidecar not in observed.objects and image is not None and (key, (image.etag, image.last_modified)) in read
        )
        if not is_data_file and (missing := _missing(observed, key)):
            unfinished[key] = missing
    return unfinished


def end_marked_at(observed: Observation, end: End) -> Seconds:
    """When the end marker was first seen, or NEVER."""
    rows = [write.row for write in observed.writes_of(end) if write.row.ended]
    return min((observed.end_markers.get(end_markers.end_marker_key(row), NEVER) for row in rows), default=NEVER)


def _image_keys(objects: Mapping[str, FileVersion]) -> list[str]:
    keys = [key for key in objects if not object_keys.is_ours(key)]
    of_sidecars = {
        key.removesuffix(object_keys.SIDECAR_SUFFIX) for key in keys if key.endswith(object_keys.SIDECAR_SUFFIX)
    }
    return sorted(of_sidecars | {key for key in keys if not key.endswith(object_keys.SIDECAR_SUFFIX)})


def _missing(observed: Observation, key: str) -> str:
    result, image = observed.results.get(key), observed.objects.get(key)
    if result is None:
        return "has no result file"
    drop_id = drops.drop_id(BUCKET, key, image.etag) if image else drops.waiting_id(BUCKET, key)
    if result["drop_id"] != drop_id:
        return f"has the result of {result['drop_id']}, not of {drop_id}"
    for file, version in result["versions"].items():
        present = observed.objects.get(file)
        if _pair(version) != ((present.etag, present.last_modified) if present else None):
            return f"has a result with version {_pair(version)} of {file}; the bucket has {present}"
    if not {key, object_keys.sidecar_key(key)} <= result["versions"].keys():
        return "has a result about other files"
    return "" if _end_marker_key(result, key) in observed.objects else "has no end marker"


def _end_marker_key(result: Mapping[str, Any], key: str) -> str:
    versions: Versions = {
        file: FileVersion(**version) if version else None for file, version in result["versions"].items()
    }
    row = Drop(
        drop_id=result["drop_id"],
        bucket=BUCKET,
        key=key,
        etag=result["etag"],
        attempt=result["attempt"],
        versions=versions,
        received_at="",
        updated_at="",
        deadline_at="",
    )
    return end_markers.end_marker_key(row)


def _pair(version: Mapping[str, str] | None) -> tuple[str, str] | None:
    return (version["etag"], version["last_modified"]) if version else None
