"""Registration: makes exactly one IMS image per drop, though IMS has no idempotency token.

Before CreateImage is called, a claim is written to the bucket and `sent_at` to the row. From then on the outcome is
unknown until IMS has answered or the image is found. *Not found* proves nothing: IMS can accept a request while its
signature is valid (15 minutes), and may hide an image until its import ends.

`register_decisions` decides what to do; this module does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from logging import WARNING

from imagedrop.backoff import growing_wait
from imagedrop.common.timestamps import add_seconds, format_timestamp, parse_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, DropImage, Held, Reason, Versions
from imagedrop.domain.resend_bound import REGISTER_TIME_LIMIT
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, Image, ImsError, ObjectsRefused, ObjectsUnavailable, OutOfTime, Ports, RetryLater
from imagedrop.workflow import admission, completion, dispatch, import_durations, recovery
from imagedrop.workflow.bucket_records import claims, file_versions, installation
from imagedrop.workflow.image_lookup import DELETED_STATUSES, DROP_TAG, find_images, images_by_tag, usable
from imagedrop.workflow.operator_hold import hold_for
from imagedrop.workflow.register_decisions import (
    Action,
    decide,
    decide_on_error,
    decide_on_files,
    decide_on_lookup,
    is_overdue,
)

BUSY_FIRST, BUSY_LONGEST = 20.0, 600.0  # s between two calls of CreateImage
HELD_WAIT = 900.0  # s
LOOK_UP_FIRST, LOOK_UP_LONGEST = 15.0, 300.0  # s between two lookups
ANSWER_WITHIN = REGISTER_TIME_LIMIT + 30.0  # s; more than the function may run


def register(ports: Ports, drop_id: str, attempt: int) -> None:
    """Takes the drop one step further. Raises RetryLater to be called again."""
    row = ports.ledger.get(drop_id)
    action = decide(row, attempt, ports.clock())
    if row is None or action is Action.NOTHING:
        return
    try:
        if action is Action.GIVE_UP:
            if not _has_caught_up(ports, row):
                _give_up(ports, row)
        elif action is Action.WAIT:
            assert row.next_at is not None
            raise RetryLater(max(1.0, (parse_timestamp(row.next_at) - ports.clock()).total_seconds()))
        elif action is Action.LOOK_UP:
            _look_up(ports, row)
        else:
            _submit(ports, row)
    except Conflict:
        raise RetryLater(30) from None  # another worker has changed the row: decide again later


# --- IMS has no request ------------------------------------------------------------------------------------------


def _submit(ports: Ports, row: Drop) -> None:
    if not admission.admit(ports, row):
        return
    try:
        installation.take_bucket(ports.objects, row.bucket, ports.settings.installation)
        if recovery.catch_up(ports, row):
            return
        current = file_versions.current_versions(ports.objects, row.bucket, row.versions)
        if (action := decide_on_files(row, current)) is not Action.CALL:
            _files_changed(ports, row, action, current)
            return
        found = images_by_tag(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        _call_later(ports, row, error)
        return
    if any(not image.data_disk for image in usable(found)):  # if all are data images, the system image was deleted
        _follow(ports, row, None, usable(found))  # made by an earlier attempt, or before the ledger was lost
        return
    deleted = (image.id for image in found if image.status in DELETED_STATUSES)
    row = row.model_copy(update={"disowned_images": (*row.disowned_images, *deleted)})
    # Saved before the claim is written, so that only one worker writes a claim.
    _call(ports, ports.ledger.save(transitions.begin_submit(row, ports.clock())))


def _has_caught_up(ports: Ports, row: Drop) -> bool:
    """Before a drop ends of which the row says that IMS has no request: the bucket may know more. False, too, while the
    bucket cannot be read."""
    try:
        return recovery.catch_up(ports, row)
    except (ObjectsUnavailable, ObjectsRefused):
        return False


def _call(ports: Ports, row: Drop) -> None:
    sent = transitions.mark_sent(row, ports.clock(), ANSWER_WITHIN)
    try:
        _write_claim(ports, sent)
        # Again, now that the other installation can read the claim: so not both of them call.
        installation.take_bucket(ports.objects, row.bucket, ports.settings.installation)
    except (ObjectsUnavailable, ObjectsRefused, OutOfTime) as error:
        _call_later(ports, row.model_copy(update={"calls": sent.calls}), error)
        return
    sent = _save_sent(ports, row, sent)
    assert sent.request is not None
    log_drop("calling CreateImage", sent, sends=sent.sends)
    try:
        job_id = ports.images.create(sent.request)
    except ImsError as error:
        _call_failed(ports, row, sent, error)
    except OutOfTime as error:
        _not_taken(ports, row, sent, error)
    else:
        _follow(ports, sent, job_id, ())


def _save_sent(ports: Ports, row: Drop, sent: Drop) -> Drop:
    try:
        return ports.ledger.save(sent)
    except Conflict:
        raise
    except Exception:
        _write_claim(ports, row)  # nothing was sent: the claim must not say so
        raise


def _files_changed(ports: Ports, row: Drop, action: Action, current: Versions) -> None:
    if action is Action.REPLACED:
        what = "was replaced by newer content" if current[row.key] else "was deleted"
        completion.fail(ports, row, drops.OBJECT_REPLACED, f"{row.key} {what} before it could be registered.")
        dispatch.revalidate(ports, row)
    else:
        ports.ledger.save(transitions.new_attempt(row, ports.clock(), ports.settings.pairing_deadline))
        dispatch.revalidate(ports, row)
        admission.free_slot(ports, row)


def _call_failed(ports: Ports, before: Drop, row: Drop, error: ImsError) -> None:
    """`before`: the row before the call."""
    log_drop("CreateImage failed", row, level=WARNING, code=error.code, kind=error.kind, request_id=error.request_id)
    action = decide_on_error(row, error)
    if action is Action.LOOK_UP:
        _look_up_later(ports, row)
    elif action is Action.RETRY:
        _not_taken(ports, before, row, error)
    else:
        ports.meter.count("Refused")
        completion.finish(ports, row, "rejected", Reason(code=error.code, message=error.message))


def _not_taken(ports: Ports, before: Drop, row: Drop, error: Exception) -> None:
    """IMS has not taken this call. Earlier ones count as before."""
    _call_later(ports, row.model_copy(update={"sends": before.sends, "sent_at": before.sent_at}), error)


def _call_later(ports: Ports, row: Drop, error: Exception) -> None:
    """Back to `accepted`, or to looking up if IMS may have an earlier call; raises RetryLater before the deadline. The
    drop keeps its slot: a busy IMS would refuse another drop as well."""
    held = hold_for(ports, row, error)
    if row.sent_at is not None:
        _look_up_later(ports, row, held)
        return
    wait = HELD_WAIT if held else growing_wait(BUSY_FIRST, BUSY_LONGEST, row.tries, ports.random)
    accepted = transitions.return_to_accepted(row, ports.clock(), wait, held, admission="called")
    if row.stage == "submitting" and not isinstance(error, installation.OtherInstallation):
        # The claim may say that a request was sent. Before the save, because after it another worker may call.
        with suppress(ObjectsUnavailable, ObjectsRefused, OutOfTime):
            _write_claim(ports, accepted)
    ports.ledger.save(accepted)
    raise RetryLater(wait)


def _write_claim(ports: Ports, row: Drop) -> None:
    claims.write_claim(ports.objects, row, ports.settings.installation)


# --- IMS may have the request ------------------------------------------------------------------------------------


def _look_up(ports: Ports, row: Drop) -> None:
    began = ports.clock()  # IMS may accept the request while a slow search is under way
    try:
        if recovery.catch_up(ports, row):
            return
        found = find_images(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        _look_up_later(ports, row, hold_for(ports, row, error))
        return
    window = import_durations.window_of(ports, row)
    action = decide_on_lookup(row, found, began, ports.settings, window)
    if action is Action.FOLLOW:
        _follow(ports, row, None, usable(found.own))
    elif action is Action.DELETED:
        image = found.own[0]
        completion.fail(ports, row, "ims.import_failed", f"The image {image.id} is {image.status} in IMS.")
    elif action is Action.CALL:
        row = row.model_copy(update={"sends": 0})  # IMS has taken none of them, nor will it
        _submit(ports, ports.ledger.save(transitions.return_to_accepted(row, ports.clock(), 0)))
    elif action is Action.CALL_AGAIN:
        _call_again(ports, row)
    elif action is Action.GIVE_UP:
        _give_up(ports, row)
    else:
        _look_up_later(ports, row)


def _call_again(ports: Ports, row: Drop) -> None:
    """If IMS has an earlier call of this drop, it refuses this one because of the name. So the drop stays `submitting`,
    takes no slot, and only the same files are sent."""
    try:
        current = file_versions.current_versions(ports.objects, row.bucket, row.versions)
    except (ObjectsUnavailable, ObjectsRefused) as error:
        _call_later(ports, row, error)
        return
    if decide_on_files(row, current) is Action.CALL:
        _call(ports, row)
    else:
        _look_up_later(ports, row)


def _look_up_later(ports: Ports, row: Drop, held: Held | None = None) -> None:
    """Raises RetryLater before the deadline."""
    now = ports.clock()
    if is_overdue(row, now):
        _give_up(ports, row)
        return
    wait = growing_wait(LOOK_UP_FIRST, LOOK_UP_LONGEST, row.tries, ports.random)
    due = add_seconds(format_timestamp(now), wait)
    ports.ledger.save(row.updated(now, admission="", tries=row.tries + 1, next_at=due, held=held, redrives=0))
    raise RetryLater(wait)


def _follow(ports: Ports, row: Drop, job_id: str | None, found: Sequence[Image]) -> None:
    """From now on `poll` follows the job, or the images where the job is not known."""
    images = tuple(
        DropImage(role="data" if image.data_disk else "system", id=image.id, name=image.name, min_disk=image.min_disk)
        for image in sorted(found, key=lambda image: image.data_disk)
    )
    first = ports.settings.poll_first if job_id else 1
    row = ports.ledger.save(transitions.begin_import(row, ports.clock(), job_id=job_id, images=images, first=first))
    log_drop("importing", row, job_id=job_id, images=[image.id for image in images])
    _write_claim(ports, row)
    dispatch.send_next(ports, row, delay=first)


def _give_up(ports: Ports, row: Drop) -> None:
    if row.stage == "submitting" and row.sent_at is not None:
        text = (
            f"IMS did not answer the request of {row.sent_at}. imagedrop looked for an image with the tag "
            f"{DROP_TAG}={row.drop_id} until {format_timestamp(ports.clock())} and found none."
        )
        completion.fail(ports, row, "ims.outcome_unknown", text)
        return
    why = f" It waited for an operator because of {row.held.code}: {row.held.message}" if row.held else ""
    if row.open_index_partition == "queued":
        tasks = ports.settings.ims_tasks
        why = f" It waited for a free task since {row.queued_since}: IMS runs {tasks} at the same time.{why}"
    completion.fail(ports, row, "deadline", f"IMS did not accept the request by {row.deadline_at}.{why}")
