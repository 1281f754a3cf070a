"""End markers: `.imagedrop/ended/<id>/n<attempt>.<digests>` says which attempt has ended, and which files it read.

All of this is in the object's key, so the sweep needs only LIST. The object is empty, unless there are images in IMS
that no later attempt may adopt: `{"disowned": [id, ...]}`. A ledger that was lost or restored does not know them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from imagedrop.domain.drop import Drop, drop_id
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.domain.transitions import disowned_for_later
from imagedrop.observability import LOG
from imagedrop.ports import ObjectHead, Objects
from imagedrop.workflow.bucket_records import file_versions

MAX_MARKER_BYTES = 64 << 10


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


def with_ends(objects: Objects, drop: Drop) -> Drop:
    """The row with what the end markers of its drop say: an attempt number that no attempt has ended with, because
    machines identify an end by it, and the images that ended attempts have disowned.

    A ledger that was lost does not know all attempts, so call this just before saving the row: if the ledger is lost
    between the two, the save fails."""
    found = list(_markers_of(objects, drop))
    disowned = dict.fromkeys(drop.disowned_images)
    for _, head in found:
        if head.size:
            disowned.update(dict.fromkeys(_disowned_by(objects, drop.bucket, head.key)))
    attempt = max([drop.attempt, *(ended + 1 for ended, _ in found)])
    return drop.model_copy(update={"attempt": attempt, "disowned_images": tuple(disowned)})


def write_end_marker(objects: Objects, drop: Drop) -> None:
    """Idempotent. Delete the claim only afterwards: without either, the sweep would take the drop for a new one."""
    disowned = disowned_for_later(drop)
    body = json.dumps({"disowned": disowned}).encode() if disowned else b""
    objects.put(drop.bucket, end_marker_key(drop), body, "application/octet-stream")


def _markers_of(objects: Objects, drop: Drop) -> Iterator[tuple[int, ObjectHead]]:
    """(attempt, object) of each end marker of the drop."""
    folder = f"{END_MARKERS}{end_marker_folder(drop.bucket, drop.key, drop.etag)}/"
    page = objects.list(drop.bucket, folder)
    heads = list(page.objects)
    while page.after is not None:
        page = objects.list(drop.bucket, folder, page.after)
        heads += page.objects
    for head in heads:
        if (marker := parse_end_marker(head.key)) is not None:
            yield marker[1], head


def _disowned_by(objects: Objects, bucket: str, key: str) -> list[str]:
    """The ids in an end marker's content; none if it is not what `write_end_marker` writes."""
    found = objects.get(bucket, key, limit=MAX_MARKER_BYTES)
    try:
        ids = list(json.loads(found[1])["disowned"]) if found else []
    except (ValueError, TypeError, KeyError):
        LOG.warning(
            "end marker not readable: images that it names may be adopted again", extra={"bucket": bucket, "key": key}
        )
        return []
    return [image_id for image_id in ids if isinstance(image_id, str)]
