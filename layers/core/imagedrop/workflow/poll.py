"""Polling: asks IMS about a job until its drop can be ended. One message per job; it is retried until then.

A drop is registered when all its images are active, none has another drop's tag, and the files have not changed since
they were validated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from logging import WARNING

from imagedrop.common.timestamps import add_seconds, format_timestamp, parse_timestamp, seconds_between
from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys, transitions
from imagedrop.domain.drop import Drop, FileVersion, Held
from imagedrop.observability import log_drop, log_outdated
from imagedrop.ports import Conflict, Image, ImsError, Job, ObjectsRefused, ObjectsUnavailable, Ports, RetryLater
from imagedrop.workflow import completion, dispatch, import_durations, missing_images, recovery
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.image_lookup import DELETED_STATUSES, DROP_TAG, images_by_tag, usable
from imagedrop.workflow.made_images import describe, files_by_origin, one_per_file
from imagedrop.workflow.operator_hold import hold_for
from imagedrop.workflow.poll_schedule import next_wait

# Job errors that a second request may not meet again (IMS API, error codes: IMG.1075, failed to register the file).
RESTARTABLE = frozenset({"IMG.1075", "IMG.0018", "IMG.0061"})
DEADLINE = "import.deadline"  # reason code


class Action(Enum):
    NOTHING = "the message is out of date"
    WAIT = "the next poll is not due yet"
    POLL = "ask IMS"


def decide(row: Drop | None, attempt: int, generation: int, now: datetime) -> Action:
    if row is None or (row.stage, row.attempt, row.generation) != ("importing", attempt, generation):
        return Action.NOTHING
    waits = row.next_at is not None and now < parse_timestamp(min(row.next_at, row.deadline_at))
    return Action.WAIT if waits else Action.POLL


def poll(ports: Ports, drop_id: str, attempt: int, generation: int) -> None:
    """Polls once. Raises RetryLater unless the drop has ended or the message is out of date."""
    row = ports.ledger.get(drop_id)
    action = decide(row, attempt, generation, ports.clock())
    if row is None or action is Action.NOTHING:
        log_outdated(row, attempt)
        return
    try:
        if action is Action.WAIT:
            assert row.next_at is not None
            raise RetryLater(max(1.0, (parse_timestamp(row.next_at) - ports.clock()).total_seconds()))
        _poll(ports, row)
    except Conflict:
        raise RetryLater(30) from None


def _poll(ports: Ports, row: Drop) -> None:
    try:
        job = ports.images.job(row.job_id) if row.job_id else None
        if job is None:
            _check_images(ports, row, _find_images(ports, row), None)
        elif job.status == "SUCCESS":
            all_named = len(job.image_ids) >= row.tasks
            found = ports.images.by_ids(job.image_ids) if all_named else _find_images(ports, row, job.image_ids)
            _check_images(ports, row, found, job)
        elif job.status == "FAIL":
            _job_failed(ports, row, job)
        else:
            _wait(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        _wait(ports, row, hold_for(ports, row, error), row.images_missing_since)


def _wait(ports: Ports, row: Drop, held: Held | None = None, missing_since: str | None = None) -> None:
    """Raises RetryLater before the deadline; afterwards fails the drop."""
    now, settings = ports.clock(), ports.settings
    if now >= parse_timestamp(row.deadline_at):
        why = f" It waited for an operator because of {held.code}: {held.message}" if held else ""
        completion.fail(ports, row, DEADLINE, f"The import did not end by {row.deadline_at}.{why}")
        return
    assert row.job_started_at is not None
    elapsed = seconds_between(row.job_started_at, now)
    wait = next_wait(elapsed, settings.poll_first, settings.poll_longest, ports.random)
    if missing_since is not None:  # few polls more: the wait doubles
        wait = min(settings.poll_longest, max(wait, seconds_between(missing_since, now)))
    due = add_seconds(format_timestamp(now), wait)
    progress = {"tries": row.tries + 1, "held": held, "redrives": 0, "images_missing_since": missing_since}
    log_drop("still importing", ports.ledger.save(row.updated(now, next_at=due, **progress)), next_at=due)
    raise RetryLater(wait)


def _find_images(ports: Ports, row: Drop, named: Sequence[str] = ()) -> Sequence[Image]:
    """The images that the job names, those found before, and those with the drop's tag."""
    tagged = images_by_tag(ports, row)
    ids = [*named, *(image.id for image in row.images)]
    by_id = ports.images.by_ids(ids) if ids else []
    return list({image.id: image for image in [*by_id, *tagged]}.values())


def _check_images(ports: Ports, row: Drop, found: Sequence[Image], job: Job | None) -> None:
    """Ends the drop or waits. `job`: the one that succeeded; None if it is not known and only the images count."""
    # Deleted images of earlier requests do not count. IMS dates to the second.
    since = (row.sent_at or row.received_at)[:19]
    found = [image for image in found if image.status not in DELETED_STATUSES or image.created_at[:19] >= since]
    # Nor do images of data files that only an earlier attempt asked for.
    files = files_by_origin(row)
    found = [image for image in found if not image.data_disk or image.origin in (None, *files)]
    foreign = [image for image in found if image.tags.get(DROP_TAG, row.drop_id) != row.drop_id]
    deleted = [image for image in found if image.status in DELETED_STATUSES]
    active = [image for image in found if image.status == "active"]
    if foreign:
        text = f"The image {foreign[0].id} that the job names belongs to another drop ({foreign[0].tags[DROP_TAG]})."
        completion.fail(ports, row, "ims.foreign_image", text)
    elif chosen := one_per_file(row, active):
        if others := [image.id for image in active if image not in chosen]:
            log_drop("more images than asked for", row, level=WARNING, others=others)
        _register(ports, row, chosen)
    elif deleted and job is None:
        text = f"The image {deleted[0].id} is {deleted[0].status} in IMS. The reason is not known."
        completion.fail(ports, row, "ims.import_failed", text)
    elif one_per_file(row, usable(found)):
        _wait(ports, row)
    else:
        _images_missing(ports, row, found, job)


def _images_missing(ports: Ports, row: Drop, found: Sequence[Image], job: Job | None) -> None:
    """Fails the drop if the import has ended and IMS still does not show its images half an hour later. If the deadline
    is earlier, they may still appear, so that is the reason."""
    now, left = ports.clock(), usable(found)
    made = job is not None or bool(missing_images.lost_ids(row, found, job))
    running = any(image.status != "active" for image in left)
    elapsed = seconds_between(row.job_started_at or row.updated_at, now)
    ended = made or (not running and elapsed >= import_durations.window_of(ports, row))  # it may be hidden until then
    since = (row.images_missing_since or format_timestamp(now)) if ended else None
    early = since is None or seconds_between(since, now) < missing_images.MISSING_FOR
    if early and (since is None or now < parse_timestamp(row.deadline_at)):
        _wait(ports, row, missing_since=since)
        return
    reason = missing_images.reason(row, found, job, since if made else None)
    if early:
        reason = reason.model_copy(update={"code": DEADLINE})
    completion.finish(ports, row, "failed", reason, images=describe(row, left))


def _register(ports: Ports, row: Drop, active: Sequence[Image]) -> None:
    images = describe(row, active)
    if change := _changed_file(ports, row):
        if recovery.catch_up(ports, row):
            return
        ids = ", ".join(image.id for image in images)
        text = (
            f"{change} while IMS was reading it, so the image {ids} may hold a mix of both contents. It is still in "
            "IMS: check it, and delete it if you do not need it."
        )
        completion.fail(ports, row, drops.OBJECT_REPLACED, text, images=images)
    else:
        completion.finish(ports, row, "registered", None, images=images)
        import_durations.record(ports, row)


def _changed_file(ports: Ports, row: Drop) -> str | None:
    """The first file that has changed since it was validated, and how. The sidecar may change: IMS does not read it."""
    files = [key for key in row.versions if key != object_keys.sidecar_key(row.key)]
    current = file_versions.current_versions(ports.objects, row.bucket, files)
    for key in files:
        if _etag(row.versions[key]) != _etag(current[key]):
            return f"{key} was {'replaced' if current[key] else 'deleted'}"
    return None


def _etag(version: FileVersion | None) -> str | None:
    return version.etag if version else None


def _job_failed(ports: Ports, row: Drop, job: Job) -> None:
    code = job.error_code or "ims.import_failed"
    if code in RESTARTABLE and not row.restarts and ports.clock() < parse_timestamp(row.deadline_at):
        dispatch.send_next(ports, ports.ledger.save(transitions.restart_job(row, ports.clock())))
        return
    completion.fail(ports, row, code, job.fail_reason or "IMS gave no reason.")
