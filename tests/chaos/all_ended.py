"""Whether every drop in the bucket has ended: its result file tells of these very files, and there is a seal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop, FileVersion, Versions
from imagedrop.workflow.bucket_records import end_markers
from tests.chaos.observation import BUCKET, End, Seconds, Seen

NEVER = float("inf")


def unsettled(seen: Seen) -> dict[str, str]:
    """Image key -> what is missing, of every drop that has not ended as it lies there."""
    read = {(key, _pair(version)) for one in seen.results.values() for key, version in one["versions"].items()}
    found = {}
    for key in _images(seen.objects):
        image, beside = seen.objects.get(key), object_keys.sidecar_key(key)
        part = beside not in seen.objects and image is not None and (key, (image.etag, image.last_modified)) in read
        if not part and (why := _why(seen, key)):
            found[key] = why
    return found


def sealed_at(seen: Seen, end: End) -> Seconds:
    """When the seal of an end was first seen; NEVER: it was not."""
    rows = [one.row for one in seen.rows(end) if one.row.ended]
    return min((seen.seals.get(end_markers.end_marker_key(row), NEVER) for row in rows), default=NEVER)


def _images(objects: Mapping[str, FileVersion]) -> list[str]:
    keys = [key for key in objects if not object_keys.is_ours(key)]
    announced = {
        key.removesuffix(object_keys.SIDECAR_SUFFIX) for key in keys if key.endswith(object_keys.SIDECAR_SUFFIX)
    }
    return sorted(announced | {key for key in keys if not key.endswith(object_keys.SIDECAR_SUFFIX)})


def _why(seen: Seen, key: str) -> str:
    told, image = seen.results.get(key), seen.objects.get(key)
    if told is None:
        return "has no result file"
    drop_id = drops.drop_id(BUCKET, key, image.etag) if image else drops.waiting_id(BUCKET, key)
    if told["drop_id"] != drop_id:
        return f"has the result of {told['drop_id']}, not of {drop_id}"
    for one, version in told["versions"].items():
        there = seen.objects.get(one)
        if _pair(version) != ((there.etag, there.last_modified) if there else None):
            return f"has a result that tells of {one} as {_pair(version)}; there lies {there}"
    if not {key, object_keys.sidecar_key(key)} <= told["versions"].keys():
        return "has a result that tells of other files"
    return "" if _seal(told, key) in seen.objects else "has no seal"


def _seal(told: Mapping[str, Any], key: str) -> str:
    versions: Versions = {one: FileVersion(**said) if said else None for one, said in told["versions"].items()}
    row = Drop(
        drop_id=told["drop_id"],
        bucket=BUCKET,
        key=key,
        etag=told["etag"],
        attempt=told["attempt"],
        versions=versions,
        received_at="",
        updated_at="",
        deadline_at="",
    )
    return end_markers.end_marker_key(row)


def _pair(version: Mapping[str, str] | None) -> tuple[str, str] | None:
    return (version["etag"], version["last_modified"]) if version else None
