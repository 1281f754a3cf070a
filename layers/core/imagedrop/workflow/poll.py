"""Polling: one message per job, put back until the next look at it, until the job and its image are settled. When that
is, `pace` plans by what earlier jobs took.

A SUCCESS counts when the images are active, carry no other drop's tag, and the files are what they were at the submit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from imagedrop.common.timestamps import add_seconds, format_timestamp, parse_timestamp, seconds_between
from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys, transitions
from imagedrop.domain.drop import Drop, DropImage, Held
from imagedrop.ports import Conflict, Image, ImsError, Job, ObjectsRefused, ObjectsUnavailable, Ports, RetryLater
from imagedrop.workflow import completion, dispatch
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.image_lookup import DELETED_STATUSES, DROP_TAG, images_by_tag
from imagedrop.workflow.operator_hold import hold_for
from imagedrop.workflow.poll_schedule.duration_history import learn
from imagedrop.workflow.poll_schedule.schedule import next_wait

# Job failures that may pass when the same request is made once more (facts: IMG.1075, failed to register the file).
RESTARTABLE = frozenset({"IMG.1075", "IMG.0018", "IMG.0061"})


class Action(Enum):
    NOTHING = "the row, the attempt or the generation has moved on"
    WAIT = "not yet"
    LOOK = "ask IMS"


def decide(row: Drop | None, attempt: int, generation: int, now: datetime) -> Action:
    if row is None or (row.stage, row.attempt, row.generation) != ("importing", attempt, generation):
        return Action.NOTHING
    due = min(row.next_at or "", row.deadline_at)
    return Action.WAIT if due and now < parse_timestamp(due) else Action.LOOK


def poll(ports: Ports, drop_id: str, attempt: int, generation: int) -> None:
    """Looks once. Raises PutBack while there is something to wait for."""
    row = ports.ledger.get(drop_id)
    step = decide(row, attempt, generation, ports.clock())
    if row is None or step is Action.NOTHING:
        return
    try:
        if step is Action.WAIT:
            assert row.next_at is not None
            raise RetryLater(max(1.0, (parse_timestamp(row.next_at) - ports.clock()).total_seconds()))
        _look(ports, row)
    except Conflict:
        raise RetryLater(30) from None


def _look(ports: Ports, row: Drop) -> None:
    try:
        job = ports.images.job(row.job_id) if row.job_id else None
        if job is None:
            _settle(ports, row, _known(ports, row), trusted=False)
        elif job.status == "SUCCESS":
            whole = len(job.image_ids) >= row.tasks
            found = ports.images.by_ids(job.image_ids) if whole else _known(ports, row, job.image_ids)
            _settle(ports, row, found, trusted=True)
        elif job.status == "FAIL":
            _failed(ports, row, job)
        else:
            _wait(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        _wait(ports, row, hold_for(ports, row, error))


def _wait(ports: Ports, row: Drop, held: Held | None = None) -> None:
    """Raises PutBack; at the deadline, after this last look, the drop ends."""
    now, settings = ports.clock(), ports.settings
    if now >= parse_timestamp(row.deadline_at):
        why = f" It was held by {held.code}: {held.message}" if held else ""
        completion.fail(ports, row, "import.deadline", f"The import was not over by {row.deadline_at}.{why}")
        return
    assert row.job_started_at is not None
    elapsed = seconds_between(row.job_started_at, now)
    wait = next_wait(elapsed, row.looks, settings.poll_first, settings.poll_longest, ports.random)
    ports.ledger.save(
        row.updated(now, tries=row.tries + 1, held=held, redrives=0, next_at=add_seconds(format_timestamp(now), wait))
    )
    raise RetryLater(wait)


def _known(ports: Ports, row: Drop, said: Sequence[str] = ()) -> Sequence[Image]:
    """The images where the job cannot say them all: those it says, those that were found before, and whatever has our
    tag."""
    tagged = images_by_tag(ports, row)
    ids = [*said, *(image.id for image in row.images)]
    named = ports.images.by_ids(ids) if ids else []
    return list({image.id: image for image in [*named, *tagged]}.values())


def _settle(ports: Ports, row: Drop, found: Sequence[Image], *, trusted: bool) -> None:
    """`trusted`: the job itself said that it succeeded. Else only the images' own state counts."""
    since = (row.sent_at or row.received_at)[:19]
    found = [image for image in found if image.status not in DELETED_STATUSES or image.created_at[:19] >= since]
    foreign = [image for image in found if image.tags.get(DROP_TAG, row.drop_id) != row.drop_id]
    bad = [image for image in found if image.status in DELETED_STATUSES]
    active = [image for image in found if image.status == "active"]
    if foreign:
        text = f"The image {foreign[0].id} that the job names belongs to another drop ({foreign[0].tags[DROP_TAG]})."
        completion.fail(ports, row, "ims.foreign_image", text)
    elif len(active) >= row.tasks:
        _registered(ports, row, active)
    elif bad and not trusted:
        text = f"IMS has the image {bad[0].id} as {bad[0].status}; its job can no longer say why."
        completion.fail(ports, row, "ims.import_failed", text)
    else:
        _wait(ports, row)


def _registered(ports: Ports, row: Drop, active: Sequence[Image]) -> None:
    images = describe(row, active)
    changed = _changed(ports, row)
    if changed:
        names = ", ".join(image.id for image in images)
        text = (
            f"{changed} while IMS was reading it, so nobody can say what is in the image {names}. It was left in IMS: "
            "look at it and delete it if it is of no use."
        )
        completion.fail(ports, row, drops.OBJECT_REPLACED, text, images=images)
    else:
        completion.finish(ports, row, "registered", None, images=images)
        learn(ports, row)


def _changed(ports: Ports, row: Drop) -> str | None:
    """The first file that is not what it was; the sidecar was read before and may change."""
    files = [key for key in row.versions if key != object_keys.sidecar_key(row.key)]
    now = file_versions.current_versions(ports.objects, row.bucket, files)
    for key in files:
        before, after = row.versions[key], now[key]
        if (before.etag if before else None) != (after.etag if after else None):
            return f"{key} was {'deleted' if after is None else 'replaced'}"
    return None


def describe(row: Drop, active: Sequence[Image]) -> tuple[DropImage, ...]:
    """The images with their roles and files, the system image first."""
    files = {f"file,{row.bucket}:{row.key}": row.key}
    for data_image in row.data_images:
        bucket, _, key = data_image["image_url"].partition(":")
        files[f"file,{bucket}:{key}"] = key
    described = []
    for image in active:
        file = files.get(image.origin or "")
        data = image.data_disk or (file is not None and file != row.key)
        described.append(
            DropImage(
                role="data" if data else "system", id=image.id, name=image.name, min_disk=image.min_disk, file=file
            )
        )
    return tuple(sorted(described, key=lambda image: image.role != "system"))


def _failed(ports: Ports, row: Drop, job: Job) -> None:
    code = job.error_code or "ims.import_failed"
    if code in RESTARTABLE and not row.restarts and ports.clock() < parse_timestamp(row.deadline_at):
        dispatch.send_next(ports, ports.ledger.save(transitions.restart_job(row, ports.clock())))
        return
    completion.fail(ports, row, code, job.fail_reason or "IMS gave no reason.")
