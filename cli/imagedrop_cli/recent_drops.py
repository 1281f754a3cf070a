"""The drops that have ended last: the bucket's result files say which, the ledger says how."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ledger, ObjectHead, Objects

MAX_DROPS = 20
MAX_PAGES = 10  # of a thousand keys each: in a larger bucket only its first keys are looked at


def keys(objects: Objects, bucket: str, prefix: str) -> list[str]:
    """Of the images with the newest result files, the newest first. Raises what the port raises."""
    newest: list[ObjectHead] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        page = objects.list(bucket, prefix, after)
        results = [head for head in page.objects if head.key.endswith(object_keys.RESULT_SUFFIX)]
        newest = heapq.nlargest(MAX_DROPS, [*newest, *results], key=lambda head: head.last_modified)
        if page.after is None:
            break
        after = _over_ours(page.after)
    return [head.key.removesuffix(object_keys.RESULT_SUFFIX) for head in newest]


def rows(ledger: Ledger, bucket: str, images: Sequence[str], besides: Iterable[Drop]) -> Iterator[Drop]:
    """The last of each image's rows, unless it is among `besides`."""
    known = {row.drop_id for row in besides}
    for key in images:
        ended = [row for row in ledger.rows_of_key(bucket, key) if row.ended_at is not None]
        last = max(ended, key=lambda row: row.ended_at or "", default=None)
        if last is not None and last.drop_id not in known:
            yield last


def _over_ours(after: str) -> str:
    """Claims and seals are many, and no results."""
    return object_keys.FOLDER[:-1] + chr(ord("/") + 1) if after.startswith(object_keys.FOLDER) else after
