"""End markers: `.imagedrop/ended/<id>/n<attempt>.<digests>` says which attempt has ended, and which files it read.

All of this is in the object's key, so the sweep needs only LIST.
"""

from __future__ import annotations

import re

from imagedrop.domain.drop import Drop, drop_id
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.ports import Objects
from imagedrop.workflow.bucket_records import file_versions


def end_marker_folder(bucket: str, key: str, etag: str | None) -> str:
    """The drop id, or a name of the same kind for a sidecar without image."""
    if etag is not None:
        return drop_id(bucket, key, etag)
    return "waiting-" + file_versions.version_digest(f"{bucket}/{key}", None)[1:]


def end_marker_key(drop: Drop) -> str:
    folder = end_marker_folder(drop.bucket, drop.key, drop.etag)
    digests = sorted(file_versions.version_digest(key, version) for key, version in drop.versions.items())
    return f"{END_MARKERS}{folder}/" + ".".join([f"n{drop.attempt}", *digests])


def parse_end_marker(key: str) -> tuple[str, int, frozenset[str]] | None:
    """(folder, attempt, digests) of an end marker's key."""
    found = re.fullmatch(r"([^/]+)/n(\d{1,9})\.(.+)", key.removeprefix(END_MARKERS))
    return (found[1], int(found[2]), frozenset(found[3].split("."))) if found else None


def last_attempt(objects: Objects, bucket: str, key: str, etag: str | None) -> int:
    """The number of the last attempt that has an end marker; 0: none."""
    folder = f"{END_MARKERS}{end_marker_folder(bucket, key, etag)}/"
    page = objects.list(bucket, folder)
    heads = list(page.objects)
    while page.after is not None:
        page = objects.list(bucket, folder, page.after)
        heads += page.objects
    return max((marker[1] for head in heads if (marker := parse_end_marker(head.key))), default=0)


def with_attempt_number(objects: Objects, drop: Drop) -> Drop:
    """The row with an attempt number that no attempt of its drop has ended with. Machines identify an end by it.

    A ledger that was lost does not know all attempts, so call this just before saving the row: if the ledger is lost
    between the two, the save fails."""
    last = last_attempt(objects, drop.bucket, drop.key, drop.etag)
    return drop.model_copy(update={"attempt": max(drop.attempt, last + 1)})


def write_end_marker(objects: Objects, drop: Drop) -> None:
    """Idempotent. Delete the claim only afterwards: without either, the sweep would take the drop for a new one."""
    objects.put(drop.bucket, end_marker_key(drop), b"", "application/octet-stream")
