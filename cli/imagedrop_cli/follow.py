"""Waits for the result file of a drop. Needs OBS only, not AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imagedrop.domain import object_keys
from imagedrop.ports import ObjectHead, Objects, ObjectsUnavailable
from imagedrop_cli.output import CommandError

FIRST, LONGEST, GROWTH = 0.3, 5.0, 1.15  # s between two requests
MAX_RESULT_SIZE = 512 << 10  # bytes


@dataclass(frozen=True)
class UploadedDrop:
    """`image`, `sidecar`: as uploaded; a result file of other versions is ignored."""

    bucket: str
    key: str
    drop_id: str
    image: ObjectHead
    sidecar: ObjectHead


def follow(objects: Objects, dropped: UploadedDrop, sleep: Callable[[float], None]) -> dict[str, Any]:
    """Returns the result document. Raises CommandError if image or sidecar is replaced or deleted meanwhile."""
    pause = FIRST
    while True:
        try:
            found = objects.get(dropped.bucket, object_keys.result_key(dropped.key), limit=MAX_RESULT_SIZE)
            result = _document(found[1]) if found else None
            if result is not None and is_result_of(result, dropped):
                return result
            _check_not_replaced(objects, dropped)
        except ObjectsUnavailable:
            pause = LONGEST
        sleep(pause)
        pause = min(LONGEST, pause * GROWTH)


def is_result_of(result: dict[str, Any], dropped: UploadedDrop) -> bool:
    """Whether this result is of these versions of image and sidecar, not of an earlier attempt."""
    if result.get("drop_id") != dropped.drop_id:
        return False
    versions = result.get("versions")
    if not isinstance(versions, dict):
        return False
    return all(
        versions.get(head.key) == {"etag": head.etag, "last_modified": head.last_modified}
        for head in (dropped.image, dropped.sidecar)
    )


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        result = json.loads(body)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


def _check_not_replaced(objects: Objects, dropped: UploadedDrop) -> None:
    for head in (dropped.image, dropped.sidecar):
        now = objects.head(dropped.bucket, head.key)
        if now is None or (now.etag, now.last_modified) != (head.etag, head.last_modified):
            change = "deleted" if now is None else "replaced"
            raise CommandError(f"{head.key} was {change} before its drop ended: the result of this upload is unknown")
