"""Registration: exactly one IMS image per drop, though IMS has no idempotency token.

The row says `submitting` and, just before the call, `sent_at`; a claim in the bucket says the same. From then on the
outcome is unknown until IMS has answered or the image is found by its tag. *Not found* proves nothing: a request can be
accepted as long as its signature is valid (15 minutes), and an import may be invisible until it ends.

    judge    pure: what a row and the time call for           register   does it, through the ports
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from logging import WARNING

from imagedrop.backoff import growing_wait
from imagedrop.common.timestamps import add_seconds, format_timestamp, parse_timestamp, seconds_between
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, DropImage, Held, Reason
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, Image, ImsError, ObjectsRefused, ObjectsUnavailable, Ports, RetryLater
from imagedrop.settings import Settings
from imagedrop.workflow import admission, completion, dispatch
from imagedrop.workflow.bucket_records import claims, file_versions
from imagedrop.workflow.image_lookup import DELETED_STATUSES, DROP_TAG, find_images, images_by_tag, usable
from imagedrop.workflow.operator_hold import hold_for
from imagedrop.workflow.poll_schedule.duration_history import planned

NAME_TAKEN = "IMG.0009"
BUSY_FIRST, BUSY_LONGEST = 20.0, 600.0
HELD_WAIT = 900.0
LOOK_UP_FIRST, LOOK_UP_LONGEST = 15.0, 300.0
ANSWER_WITHIN = 90.0  # s; more than the function may run


class Action(Enum):
    NOTHING = "the row has moved on"
    OVERDUE = "the attempt's deadline is past"
    QUEUED = "in line for IMS: it is called"
    WAIT = "not yet"
    START = "surely not sent: may be sent"
    LOOK_UP = "the outcome is unknown: look for the image"


def decide(row: Drop | None, attempt: int, now: datetime) -> Action:
    if row is None or row.attempt != attempt or row.stage not in ("accepted", "submitting"):
        return Action.NOTHING
    sent = row.stage == "submitting" and row.sent_at is not None
    if now >= parse_timestamp(row.deadline_at):
        return Action.LOOK_UP if sent else Action.OVERDUE  # one last look
    if row.open_index_partition == "queued":
        return Action.QUEUED
    if row.next_at is not None and now < parse_timestamp(row.next_at):
        return Action.WAIT
    return Action.LOOK_UP if sent else Action.START


def may_resend(row: Drop, now: datetime, settings: Settings) -> bool:
    """Only where IMS shows images while they import, and when no sent request can be accepted any more."""
    return (
        settings.ims_shows_imports
        and now < parse_timestamp(row.deadline_at)
        and row.sent_at is not None
        and seconds_between(row.sent_at, now) >= settings.resend_after
    )


def register(ports: Ports, drop_id: str, attempt: int) -> None:
    """Carries a drop one step further. Raises PutBack to be called again later."""
    row = ports.ledger.get(drop_id)
    step = decide(row, attempt, ports.clock())
    if row is None or step in (Action.NOTHING, Action.QUEUED):
        return
    try:
        if step is Action.OVERDUE:
            _give_up(ports, row)
        elif step is Action.WAIT:
            raise RetryLater(_due(row, ports.clock()))
        elif step is Action.LOOK_UP:
            _look_up(ports, row)
        else:
            _start(ports, row)
    except Conflict:
        raise RetryLater(30) from None  # somebody else is at it: see later what became of it


# --- a drop that IMS surely does not know ------------------------------------------------------------------------


def _start(ports: Ports, row: Drop) -> None:
    if not admission.admit(ports, row):
        return
    try:
        if not _still_as_judged(ports, row):
            return
        found = images_by_tag(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        raise _postponed(ports, row, error) from error
    if _adopt(ports, row, usable(found)):
        return
    row = row.model_copy(
        update={
            "disowned_images": (
                *row.disowned_images,
                *(image.id for image in found if image.status in DELETED_STATUSES),
            )
        }
    )
    row = ports.ledger.save(transitions.begin_submit(planned(ports, row), ports.clock()))
    claims.write_claim(ports.objects, transitions.mark_sent(row, ports.clock(), ANSWER_WITHIN))
    row = ports.ledger.save(transitions.mark_sent(row, ports.clock(), ANSWER_WITHIN))
    assert row.request is not None
    log_drop("asking IMS", row, sends=row.sends)
    try:
        job_id = ports.images.create(row.request)
    except ImsError as error:
        _refused(ports, row, error)
    else:
        _follow(ports, row, job_id, ())


def _still_as_judged(ports: Ports, row: Drop) -> bool:
    """False where a file has changed since it was judged; then the drop ends or is judged anew."""
    now = file_versions.current_versions(ports.objects, row.bucket, row.versions)
    if now == row.versions:
        return True
    image, before = now[row.key], row.versions[row.key]
    if image is None or before is None or image.etag != before.etag:
        what = "was deleted" if image is None else "was replaced by newer content"
        completion.fail(ports, row, drops.OBJECT_REPLACED, f"{row.key} {what} before it could be registered.")
        dispatch.revalidate(ports, row)
    else:
        ports.ledger.save(transitions.new_attempt(row, ports.clock(), ports.settings.pairing_deadline))
        dispatch.revalidate(ports, row)
        admission.free_slot(ports, row)
    return False


def _adopt(ports: Ports, row: Drop, found: Sequence[Image]) -> bool:
    """An earlier attempt, or one that the ledger has lost, may have left an image: then that is the one."""
    if all(image.data_disk for image in found):
        return False  # none, or what is left of a drop whose system image was deleted
    _follow(ports, row, None, found)
    return True


def _refused(ports: Ports, row: Drop, error: ImsError) -> None:
    """CreateImage did not answer with a job."""
    log_drop("IMS did not take it", row, level=WARNING, code=error.code, kind=error.kind, request_id=error.request_id)
    ours = error.code == NAME_TAKEN and row.sends > 1  # perhaps by the request whose answer was lost
    if error.kind == "unknown" or ours:
        _look_later(ports, row)
        return
    if error.kind != "refused":
        raise _postponed(ports, row.model_copy(update={"sends": row.sends - 1}), error)
    ports.meter.count("Refused")
    completion.finish(ports, row, "rejected", Reason(code=error.code, message=error.message))


def _postponed(ports: Ports, row: Drop, error: Exception) -> RetryLater:
    """Surely not taken, this time: back to `accepted`, and again later. It keeps its turn meanwhile: if IMS has no time
    for it, another would only be refused as well."""
    held = hold_for(ports, row, error)
    wait = HELD_WAIT if held else growing_wait(BUSY_FIRST, BUSY_LONGEST, row.tries, ports.random)
    released = ports.ledger.save(transitions.return_to_accepted(row, ports.clock(), wait, held, admission="called"))
    if row.stage == "submitting":
        claims.write_claim(ports.objects, released)  # the one that was written says that it may have been sent
    return RetryLater(wait)


# --- a drop that IMS may know ------------------------------------------------------------------------------------


def _look_up(ports: Ports, row: Drop) -> None:
    try:
        found, perhaps = find_images(ports, row)
    except ImsError as error:
        _look_later(ports, row, hold_for(ports, row, error))
        return
    now = ports.clock()
    if alive := usable(found):
        _follow(ports, row, None, alive)
    elif found:
        completion.fail(ports, row, "ims.import_failed", f"IMS has the image {found[0].id} as {found[0].status}.")
    elif not perhaps and may_resend(row, now, ports.settings):
        _start(ports, ports.ledger.save(transitions.return_to_accepted(row, now, 0)))
    else:
        _look_later(ports, row)


def _look_later(ports: Ports, row: Drop, held: Held | None = None) -> None:
    """Raises PutBack while there is time left."""
    now = ports.clock()
    if now >= parse_timestamp(row.deadline_at):
        _give_up(ports, row)
        return
    wait = growing_wait(LOOK_UP_FIRST, LOOK_UP_LONGEST, row.tries, ports.random)
    due = add_seconds(format_timestamp(now), wait)
    ports.ledger.save(row.updated(now, admission="", tries=row.tries + 1, next_at=due, held=held, redrives=0))
    raise RetryLater(wait)


def _follow(ports: Ports, row: Drop, job_id: str | None, found: Sequence[Image]) -> None:
    """IMS is at work: from here on polling follows the job, or the image itself where no job is known."""
    images = tuple(
        DropImage(role="data" if image.data_disk else "system", id=image.id, name=image.name, min_disk=image.min_disk)
        for image in sorted(found, key=lambda one: one.data_disk)
    )
    first = next(iter(row.looks), ports.settings.poll_first) if job_id else 1
    row = ports.ledger.save(transitions.begin_import(row, ports.clock(), job_id=job_id, images=images, first=first))
    log_drop("importing", row, job_id=job_id, images=[image.id for image in images])
    claims.write_claim(ports.objects, row)
    dispatch.send_next(ports, row, delay=first)


def _give_up(ports: Ports, row: Drop) -> None:
    if row.stage == "submitting" and row.sent_at is not None:
        text = (
            f"IMS never said whether it took the request of {row.sent_at}, and no image with the tag "
            f"{DROP_TAG}={row.drop_id} was found until {row.deadline_at}."
        )
        completion.fail(ports, row, "ims.outcome_unknown", text)
        return
    why = f" It was held by {row.held.code}: {row.held.message}" if row.held else ""
    if row.open_index_partition == "queued":
        most = ports.settings.ims_tasks
        why = f" It waited for its turn: IMS makes {most} images at once, and others were before it.{why}"
    completion.fail(ports, row, "deadline", f"IMS did not take the request until {row.deadline_at}.{why}")


def _due(row: Drop, now: datetime) -> float:
    assert row.next_at is not None
    return max(1.0, (parse_timestamp(row.next_at) - now).total_seconds())
