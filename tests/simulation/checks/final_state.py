"""What must hold when nothing is left to do."""

from __future__ import annotations

import json

from imagedrop.domain import object_keys
from imagedrop.workflow.bucket_records import file_versions
from tests.simulation.checks.history_record import Book
from tests.support.world import BUCKET


def over(book: Book) -> None:
    keys = book.ports.objects.keys(BUCKET)
    for key in keys:
        if not object_keys.is_ours(key) and not key.endswith(object_keys.SIDECAR_SUFFIX):
            _settled(book, key, keys)
    left = [key for key in keys if key.startswith(object_keys.FOLDER) and not key.startswith(object_keys.END_MARKERS)]
    if left:
        book.fail(f"claims are left: {left}")


def _settled(book: Book, key: str, keys: list[str]) -> None:
    head = book.lying(key)
    assert head is not None
    drop_id = book.drop_id(head)
    own, digest = (
        f"{object_keys.END_MARKERS}{drop_id}/",
        file_versions.version_digest(key, file_versions.version_of(head)),
    )
    read = any(digest in one for one in keys if one.startswith(object_keys.END_MARKERS) and not one.startswith(own))
    if (read or book.ports.ledger.images_naming_part(BUCKET, key)) and book.lying(object_keys.sidecar_key(key)) is None:
        return  # another drop's
    if any(one.startswith(own) for one in keys):
        _result(book, key, drop_id)
        return
    row = book.ports.ledger.get(drop_id)
    book.fail(f"{key} lies in the bucket and its drop {drop_id[:6]} is {row.stage if row else 'unknown'}")


def _result(book: Book, key: str, drop_id: str) -> None:
    body = book.ports.objects.body(BUCKET, object_keys.result_key(key))
    told = json.loads(body) if body else {}
    if told.get("drop_id") != drop_id:
        book.fail(f"the result file of {key} tells of {str(told.get('drop_id'))[:6]}, not of {drop_id[:6]}")
