"""Claims: `.imagedrop/<drop id>.json` holds the row of a drop that IMS is working on, or may be.

Deleted when the drop ends.
"""

from __future__ import annotations

import json

from pydantic import ValidationError

from imagedrop import __version__
from imagedrop.domain.drop import LIVE, Drop
from imagedrop.domain.object_keys import claim_key
from imagedrop.ports import Objects

MAX_RECORD_BYTES = 512 << 10  # of a claim or a result file


def delete_claim(objects: Objects, drop: Drop) -> None:
    """Only before a new attempt can begin: its claim has the same key."""
    if drop.etag is not None:
        objects.delete(drop.bucket, claim_key(drop.drop_id))


def write_claim(objects: Objects, drop: Drop) -> None:
    body = {"schema": 1, "imagedrop": __version__, **drop.model_dump(mode="json", exclude_none=True)}
    objects.put(drop.bucket, claim_key(drop.drop_id), json.dumps(body, ensure_ascii=False).encode())


def read_claim(objects: Objects, bucket: str, drop_id: str) -> Drop | None:
    """The claimed row as a new one (revision 0). None: there is no claim, or it is unreadable or incomplete."""
    found = objects.get(bucket, claim_key(drop_id), limit=MAX_RECORD_BYTES)
    if found is None:
        return None
    try:
        drop = Drop.model_validate({**json.loads(found[1]), "revision": 0})
    except (ValidationError, ValueError, TypeError):
        return None
    complete = drop.stage in LIVE and drop.request is not None and drop.versions.get(drop.key) is not None
    started = drop.stage != "importing" or drop.job_started_at is not None
    return drop if (drop.drop_id, drop.bucket) == (drop_id, bucket) and complete and started else None
