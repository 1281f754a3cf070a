"""The drops that ended last: found by their result files in the bucket, read from the ledger."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ledger, ObjectHead, Objects

MAX_DROPS = 20
MAX_PAGES = 10  # of 1,000 keys each; later keys of a larger bucket are not read


def keys(objects: Objects, bucket: str, prefix: str) -> list[str]:
    """Keys of the images with the newest result files, newest first."""
    newest: list[ObjectHead] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        page = objects.list(bucket, prefix, after)
        results = [head for head in page.objects if head.key.endswith(object_keys.RESULT_SUFFIX)]
        newest = heapq.nlargest(MAX_DROPS, [*newest, *results], key=lambda head: head.last_modified)
        if page.after is None:
            break
        after = _skip_records(page.after)
    return [head.key.removesuffix(object_keys.RESULT_SUFFIX) for head in newest]


def rows(ledger: Ledger, bucket: str, images: Sequence[str], exclude: Iterable[Drop]) -> Iterator[Drop]:
    """The last ended row of each image, except drops in `exclude`."""
    excluded = {row.drop_id for row in exclude}
    for key in images:
        ended = [row for row in ledger.rows_of_key(bucket, key) if row.ended_at is not None]
        last = max(ended, key=lambda row: row.ended_at or "", default=None)
        if last is not None and last.drop_id not in excluded:
            yield last


def _skip_records(after: str) -> str:
    """Skips imagedrop's own folder, which has many objects but no result files."""
    return object_keys.FOLDER[:-1] + chr(ord("/") + 1) if after.startswith(object_keys.FOLDER) else after
