"""Claims: `.imagedrop/<drop id>.json` holds the row of a drop that IMS is working on, or may be.

Deleted when the drop ends. A claim with `sent_at` is written before CreateImage is called, so it tells of every call
that the ledger may have forgotten, also if a backup of the ledger was restored.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from pydantic import ValidationError

from imagedrop import __version__
from imagedrop.domain.drop import LIVE, Drop
from imagedrop.domain.object_keys import claim_key
from imagedrop.ports import Objects
from imagedrop.workflow.bucket_records.installation import OtherInstallation

MAX_RECORD_BYTES = 512 << 10  # of a claim or a result file


class Claim(NamedTuple):
    """`row`: as a new one (revision 0). `installation`: that wrote it; empty for claims of earlier versions."""

    row: Drop
    installation: str


def delete_claim(objects: Objects, drop: Drop) -> None:
    """Not that of a later attempt, which has the same key: a slow worker comes here when that has begun."""
    if drop.etag is None:
        return
    claim = read_claim(objects, drop.bucket, drop.drop_id)
    if claim is None or claim.row.attempt <= drop.attempt:
        objects.delete(drop.bucket, claim_key(drop.drop_id))


def write_claim(objects: Objects, drop: Drop, installation: str) -> None:
    row = drop.model_dump(mode="json", exclude_none=True)
    body = {"schema": 1, "imagedrop": __version__, "installation": installation, **row}
    objects.put(drop.bucket, claim_key(drop.drop_id), json.dumps(body, ensure_ascii=False).encode())


def read_claim(objects: Objects, bucket: str, drop_id: str) -> Claim | None:
    """None: there is no claim, or it is unreadable or incomplete."""
    found = objects.get(bucket, claim_key(drop_id), limit=MAX_RECORD_BYTES)
    if found is None:
        return None
    try:
        document = json.loads(found[1])
        drop = Drop.model_validate({**document, "revision": 0})
    except (ValidationError, ValueError, TypeError):
        return None
    complete = drop.stage in LIVE and drop.request is not None and drop.versions.get(drop.key) is not None
    started = drop.stage != "importing" or drop.job_started_at is not None
    if (drop.drop_id, drop.bucket) != (drop_id, bucket) or not complete or not started:
        return None
    return Claim(drop, str(document.get("installation", "")))


def read_own_claim(objects: Objects, bucket: str, drop_id: str, installation: str) -> Drop | None:
    """The row of a claim that this installation wrote, or an earlier version of it. Raises OtherInstallation."""
    claim = read_claim(objects, bucket, drop_id)
    if claim is not None and claim.installation not in ("", installation):
        raise OtherInstallation(claim_key(drop_id), claim.installation, installation)
    return claim.row if claim is not None else None


def is_ahead(claimed: Drop, row: Drop) -> bool:
    """True if the claim is of a later attempt, or tells of a call or a job that the row does not know: a backup of the
    ledger was restored, or a worker has crashed between writing the claim and saving the row. False for a claim that a
    slow worker has written over a later one."""
    if claimed.attempt != row.attempt:
        return claimed.attempt > row.attempt
    if claimed.calls != row.calls:
        return claimed.calls > row.calls
    if not claimed.calls and claimed.restarts == row.restarts:  # claims of earlier versions do not count the calls
        return claimed.sent_at is not None and row.sent_at is None
    return claimed.stage == "importing" and row.stage == "submitting"
