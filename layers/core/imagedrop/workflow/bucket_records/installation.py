"""`.imagedrop/installation` names the installation that registers the drops of a bucket.

Two installations on one bucket and project, by mistake, would each make an image of every drop: each has a ledger of
its own. So the first one takes the bucket, and any other refuses to work on it.

`.imagedrop/start` says when that was. What lay in the bucket before is no drop by itself. The time is in the object and
not its LastModified, because a write may be repeated late.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain.object_keys import INSTALLATION, START
from imagedrop.observability import LOG
from imagedrop.ports import Objects, ObjectsRefused, Ports

MAX_NAME_BYTES = 1024
BEFORE_START = 900.0  # s: files that were put so shortly before are drops too
EXPLANATION = "Files that were put before are no drops until one of them is put again: see `imagedrop adopt`."
MAX_START_BYTES = 1024

TEXT = "text/plain; charset=utf-8"


class OtherInstallation(ObjectsRefused):
    """Another installation has taken the bucket, or works on the drop. An operator must act."""

    def __init__(self, object_key: str, other: str, own: str) -> None:
        super().__init__(
            "installation.other",
            f"The object {object_key} was written by the installation {other!r}, and this one is {own!r}. Only one may "
            f"work on a bucket. Stop one of them. If the other one no longer exists, name this one {other!r} "
            "(IMAGEDROP_INSTALLATION), so that it continues the drops of the other.",
        )


def take_bucket(objects: Objects, bucket: str, own: str, now: datetime) -> None:
    """Takes a bucket that no installation has. Raises OtherInstallation."""
    found = objects.get(bucket, INSTALLATION, limit=MAX_NAME_BYTES)
    if found is None:
        if objects.head(bucket, START) is None:
            objects.put(bucket, START, f"{format_timestamp(now)}\n{EXPLANATION}\n".encode(), TEXT)
        objects.put(bucket, INSTALLATION, own.encode(), TEXT)
        return
    if (other := found[1].decode(errors="replace").strip()) != own:
        raise OtherInstallation(INSTALLATION, other, own)


def oldest_drop(objects: Objects, bucket: str) -> str:
    """Files whose LastModified is less are no drops. Empty: all may be; an earlier version has taken the bucket."""
    found = objects.get(bucket, START, limit=MAX_START_BYTES)
    if found is None:
        return ""
    head, body = found
    with suppress(ValueError):
        return add_seconds(body.decode().partition("\n")[0], -BEFORE_START)
    return add_seconds(head.last_modified, -BEFORE_START)  # somebody has changed it


def may_work_on(ports: Ports, bucket: str) -> bool:
    """Takes a bucket that no installation has. False, with an error in the log and the metric `OtherInstallation`, if
    another one has it."""
    try:
        take_bucket(ports.objects, bucket, ports.settings.installation, ports.clock())
    except OtherInstallation as error:
        report(ports, error)
        return False
    return True


def report(ports: Ports, error: OtherInstallation) -> None:
    LOG.error("another installation works on this bucket", extra={"code": error.code, "reason": error.message})
    ports.meter.count("OtherInstallation")
