"""Following a drop by its result file alone: no AWS is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imagedrop.domain import object_keys
from imagedrop.ports import ObjectHead, Objects, ObjectsUnavailable
from imagedrop_cli.output import CommandError

FIRST, LONGEST, GROWTH = 0.3, 5.0, 1.15  # s between two looks
MAX_RESULT_SIZE = 512 << 10  # bytes


@dataclass(frozen=True)
class UploadedDrop:
    """What was dropped: a result counts only if it has read these very files."""

    bucket: str
    key: str
    drop_id: str
    image: ObjectHead
    sidecar: ObjectHead


def follow(objects: Objects, dropped: UploadedDrop, sleep: Callable[[float], None]) -> dict[str, Any]:
    """The result document. Raises Stop where somebody else has dropped something else there meanwhile."""
    pause = FIRST
    while True:
        try:
            found = objects.get(dropped.bucket, object_keys.result_key(dropped.key), limit=MAX_RESULT_SIZE)
            result = _document(found[1]) if found else None
            if result is not None and is_result_of(result, dropped):
                return result
            _still_ours(objects, dropped)
        except ObjectsUnavailable:
            pause = LONGEST  # it will be there again
        sleep(pause)
        pause = min(LONGEST, pause * GROWTH)


def is_result_of(result: dict[str, Any], dropped: UploadedDrop) -> bool:
    """Whether this is the end of the drop that is followed, and not of an attempt before it."""
    if result.get("drop_id") != dropped.drop_id:
        return False
    read = result.get("versions")
    seen = read if isinstance(read, dict) else {}
    return all(
        seen.get(head.key) == {"etag": head.etag, "last_modified": head.last_modified}
        for head in (dropped.image, dropped.sidecar)
    )


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        result = json.loads(body)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


def _still_ours(objects: Objects, dropped: UploadedDrop) -> None:
    for head in (dropped.image, dropped.sidecar):
        now = objects.head(dropped.bucket, head.key)
        if now is None or (now.etag, now.last_modified) != (head.etag, head.last_modified):
            what = "is gone" if now is None else "was replaced"
            raise CommandError(f"{head.key} {what} before its drop ended: what becomes of this upload cannot be told")
