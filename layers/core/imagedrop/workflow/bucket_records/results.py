"""Result files: `<image key>.result.json` says how a drop ended, for its owner and for machines (public surface).

Together with claims and end markers they let the bucket alone bring back every drop.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from imagedrop import __version__
from imagedrop.domain.drop import Drop, DropImage, FileVersion, Reason, Versions
from imagedrop.domain.object_keys import result_key
from imagedrop.ports import Objects
from imagedrop.workflow.bucket_records.claims import CLAIM_LIMIT
from imagedrop.workflow.bucket_records.end_markers import write_end_marker


def result_document(drop: Drop) -> dict[str, Any]:
    """The result document: the file's content and the body of the SNS message."""
    return {
        "schema": 1,
        "drop_id": drop.drop_id,
        "attempt": drop.attempt,
        "versions": {key: seen.model_dump() if seen else None for key, seen in sorted(drop.versions.items())},
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
    """What has been lost of an end, or written over by a slow worker with older content's, is put there again."""
    write_end_marker(objects, drop)
    last = _last_result(objects, drop.bucket, drop.key)
    if last is not None and last.drop_id != drop.drop_id and drop.etag == _lying(objects, drop):
        write_result(objects, drop)


def is_outdated(objects: Objects, drop: Drop) -> bool:
    """True if the result file tells of the content that lies there now, and this drop was of other content."""
    last = _last_result(objects, drop.bucket, drop.key)
    if last is None or last.etag == drop.etag:
        return False
    return last.etag == _lying(objects, drop)


def _lying(objects: Objects, drop: Drop) -> str | None:
    """The ETag of what lies at the drop's key now, which a slow worker may have seen otherwise."""
    head = objects.head(drop.bucket, drop.key)
    return head.etag if head else None


def read_result(objects: Objects, bucket: str, image_key: str, drop_id: str) -> Drop | None:
    """The ended row that a result file of this drop tells of, as a new row; None where there is none."""
    last = _last_result(objects, bucket, image_key)
    return last if last is not None and last.drop_id == drop_id else None


def _last_result(objects: Objects, bucket: str, image_key: str) -> Drop | None:
    found = objects.get(bucket, result_key(image_key), limit=CLAIM_LIMIT)
    if found is None:
        return None
    try:
        told = json.loads(found[1])
        drop = Drop(
            drop_id=told["drop_id"],
            bucket=bucket,
            key=image_key,
            etag=told["etag"],
            stage=told["stage"],
            attempt=told["attempt"],
            versions=_versions(told["versions"]),
            received_at=told["received_at"],
            updated_at=told["ended_at"],
            deadline_at=told["ended_at"],
            ended_at=told["ended_at"],
            findings=tuple(told["findings"]),
            images=tuple(DropImage.model_validate(image) for image in told["images"]),
            job_id=told["job_id"],
            reason=Reason.model_validate(told["reason"]) if told["reason"] else None,
        )
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return drop if drop.ended else None


def _versions(told: dict[str, Any]) -> Versions:
    return {key: FileVersion.model_validate(seen) if seen else None for key, seen in told.items()}
