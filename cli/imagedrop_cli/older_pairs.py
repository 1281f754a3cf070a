"""Images, and their sidecars, that lay in the bucket before imagedrop was started on it."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.domain.drop import FileVersion
from imagedrop.domain.object_keys import is_ours
from imagedrop.ports import Objects
from imagedrop.settings import Settings
from imagedrop.workflow.bucket_records.installation import oldest_drop
from imagedrop.workflow.sweep.pairing_in_order import Pair, PairingInOrder


def older_pairs(objects: Objects, settings: Settings, prefix: str, pages: int | None = None) -> Iterator[Pair]:
    """Pairs, and images alone, whose files are all older than the start of the installation. `pages`: of the listing,
    at most; None: all. Raises ObjectsRefused or ObjectsUnavailable."""
    bucket, after = settings.drop_bucket, None
    oldest, pairing = oldest_drop(objects, bucket), PairingInOrder(settings, [])
    while True:
        page = objects.list(bucket, prefix, after)
        for head in page.objects:
            if not is_ours(head.key):
                version = FileVersion(etag=head.etag, last_modified=head.last_modified)
                yield from (pair for pair in pairing.add(head.key, version) if pair.image and newest(pair) < oldest)
        pages = None if pages is None else pages - 1
        if page.after is None or pages == 0:
            yield from (pair for pair in pairing.move_to(None) if newest(pair) < oldest)
            return
        after = page.after


def newest(pair: Pair) -> str:
    """When the last of its files was put."""
    return max(version.last_modified for version in (pair.image, pair.sidecar) if version is not None)
