"""The keys of a large bucket, made page by page: images of ended drops, and files that are no drops."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice, takewhile

from imagedrop.domain.drop import Drop, FileVersion
from imagedrop.domain.object_keys import sidecar_key
from imagedrop.ports import ObjectHead
from imagedrop.workflow.bucket_records.end_markers import end_marker_key

BUCKET = "drops"
LAST_MODIFIED = "2026-11-24T13:00:00Z"


class BigBucket:
    """`ended`: that many images, each with the end marker of a rejected drop that had no sidecar. `foreign`: that many
    other files."""

    def __init__(self, ended: int, foreign: int) -> None:
        self._ended, self._foreign = ended, foreign
        self._markers = sorted(
            rejected_without_sidecar(image_key(number), _etag(number), LAST_MODIFIED) for number in range(ended)
        )

    def heads(self, prefix: str, after: str, limit: int) -> list[ObjectHead]:
        """The next `limit` keys, in the order of LIST."""
        within = takewhile(lambda head: head.key.startswith(prefix), self._from(max(after, prefix)))
        return list(islice(within, limit))

    def _from(self, after: str) -> Iterator[ObjectHead]:
        for at in range(bisect_right(self._markers, after), len(self._markers)):
            yield ObjectHead(self._markers[at], "0" * 32, 0, LAST_MODIFIED)
        for number in range(_next_number("golden/", after), self._ended):
            yield ObjectHead(image_key(number), _etag(number), 1, LAST_MODIFIED)
        for number in range(_next_number("logs/", after), self._foreign):
            yield ObjectHead(foreign_key(number), "1" * 32, 1, LAST_MODIFIED)


def _next_number(folder: str, after: str) -> int:
    """Of the first file in the folder after this key."""
    if after < folder:
        return 0
    return int(after.removeprefix(folder)[:7]) + 1 if after.startswith(folder) else 10**7


def image_key(number: int) -> str:
    return f"golden/{number:07d}.vhd"


def foreign_key(number: int) -> str:
    return f"logs/{number:07d}.txt"


def rejected_without_sidecar(key: str, etag: str, last_modified: str) -> str:
    """The end marker's key."""
    versions = {key: FileVersion(etag=etag, last_modified=last_modified), sidecar_key(key): None}
    drop = Drop.model_construct(
        drop_id="", bucket=BUCKET, key=key, etag=etag, versions=versions, received_at="", updated_at="", deadline_at=""
    )
    return end_marker_key(drop)


def _etag(number: int) -> str:
    return f"{number:032x}"
