"""Result files: `<image key>.result.json` says how a drop ended, for its owner and for machines (public format).

Together with claims and end markers they let every drop be recovered from the bucket alone.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from imagedrop import __version__
from imagedrop.domain.drop import Drop
from imagedrop.domain.object_keys import result_key
from imagedrop.ports import Objects
from imagedrop.workflow.bucket_records.claims import MAX_RECORD_BYTES
from imagedrop.workflow.bucket_records.end_markers import write_end_marker

# The fields of a result file that its row is restored from.
RESTORED = ("drop_id", "attempt", "versions", "stage", "etag", "images", "job_id", "findings", "reason", "received_at",
            "ended_at")  # fmt: skip


def result_document(drop: Drop) -> dict[str, Any]:
    """The content of the result file and the body of the SNS message."""
    return {
        "schema": 1,
        "drop_id": drop.drop_id,
        "attempt": drop.attempt,
        "versions": {key: version.model_dump() if version else None for key, version in sorted(drop.versions.items())},
        "stage": drop.stage,
        "bucket": drop.bucket,
        "key": drop.key,
        "etag": drop.etag,
        "images": [image.model_dump() for image in drop.images],
        "job_id": drop.job_id,
        "findings": [finding.public() for finding in drop.all_findings()],
        "reason": drop.reason.model_dump() if drop.reason else None,
        "received_at": drop.received_at,
        "ended_at": drop.ended_at,
        "imagedrop": __version__,
    }


def write_result(objects: Objects, drop: Drop) -> None:
    body = json.dumps(result_document(drop), ensure_ascii=False, indent=2) + "\n"
    objects.put(drop.bucket, result_key(drop.key), body.encode())


def restore_end(objects: Objects, drop: Drop) -> None:
    """Writes the end marker again, and the result file if a slow worker has overwritten it with older content's."""
    write_end_marker(objects, drop)
    last = _last_result(objects, drop.bucket, drop.key)
    if last is not None and last.drop_id != drop.drop_id and drop.etag == _current_etag(objects, drop):
        write_result(objects, drop)


def is_outdated(objects: Objects, drop: Drop) -> bool:
    """True if the result file is about the content that is at the key now, and this drop was of other content."""
    last = _last_result(objects, drop.bucket, drop.key)
    if last is None or last.etag == drop.etag:
        return False
    return last.etag == _current_etag(objects, drop)


def _current_etag(objects: Objects, drop: Drop) -> str | None:
    head = objects.head(drop.bucket, drop.key)
    return head.etag if head else None


def read_result(objects: Objects, bucket: str, image_key: str, drop_id: str) -> Drop | None:
    """The ended row of this drop from its result file, as a new row. None: the file is missing or another drop's."""
    last = _last_result(objects, bucket, image_key)
    return last if last is not None and last.drop_id == drop_id else None


def _last_result(objects: Objects, bucket: str, image_key: str) -> Drop | None:
    found = objects.get(bucket, result_key(image_key), limit=MAX_RECORD_BYTES)
    if found is None:
        return None
    try:
        document = json.loads(found[1])
        row = {name: document[name] for name in RESTORED} | {"bucket": bucket, "key": image_key}
        drop = Drop.model_validate(row | dict.fromkeys(("updated_at", "deadline_at"), document["ended_at"]))
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    return drop if drop.ended else None
