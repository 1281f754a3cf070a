"""End markers: `.imagedrop/ended/<id>/n<attempt>.<digests>` says which attempt has ended, having read which files.

The object's key carries everything, so the sweep needs LIST only and reads no object.
"""

from __future__ import annotations

import re

from imagedrop.domain.drop import Drop, drop_id
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.ports import Objects
from imagedrop.workflow.bucket_records import file_versions


def end_marker_folder(bucket: str, key: str, etag: str | None) -> str:
    """Of a drop: its id, or that of a sidecar whose image nobody has seen."""
    return (
        drop_id(bucket, key, etag)
        if etag is not None
        else "waiting-" + file_versions.version_digest(f"{bucket}/{key}", None)[1:]
    )


def end_marker_key(drop: Drop) -> str:
    name = end_marker_folder(drop.bucket, drop.key, drop.etag)
    digests = sorted(file_versions.version_digest(key, seen) for key, seen in drop.versions.items())
    return f"{END_MARKERS}{name}/" + ".".join([f"n{drop.attempt}", *digests])


def parse_end_marker(key: str) -> tuple[str, int, frozenset[str]] | None:
    """(drop id, attempt, digests) of a seal's key."""
    found = re.fullmatch(r"([^/]+)/n(\d{1,9})\.(.+)", key.removeprefix(END_MARKERS))
    return (found[1], int(found[2]), frozenset(found[3].split("."))) if found else None


def last_attempt(objects: Objects, bucket: str, key: str, etag: str | None) -> int:
    """The number of the last attempt that has ended, whatever the ledger knows of it; 0: none. One LIST."""
    folder = f"{END_MARKERS}{end_marker_folder(bucket, key, etag)}/"
    page = objects.list(bucket, folder)
    seals = [parse_end_marker(head.key) for head in page.objects]
    while page.after is not None:
        page = objects.list(bucket, folder, page.after)
        seals += [parse_end_marker(head.key) for head in page.objects]
    return max((seal[1] for seal in seals if seal), default=0)


def with_attempt_number(objects: Objects, drop: Drop) -> Drop:
    """The row with a number that no attempt of its drop has ended with: machines tell ends by it. A ledger that was
    lost does not know them all, so they are counted just before a judgement is saved; if it is lost meanwhile, saving
    fails."""
    last = last_attempt(objects, drop.bucket, drop.key, drop.etag)
    return drop.model_copy(update={"attempt": max(drop.attempt, last + 1)})


def write_end_marker(objects: Objects, drop: Drop) -> None:
    """Idempotent. The claim goes only afterwards: until then the drop is still to be found."""
    objects.put(drop.bucket, end_marker_key(drop), b"", "application/octet-stream")
