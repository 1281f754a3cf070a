"""Calls CreateImage for a drop of which IMS has no request."""

from __future__ import annotations

from logging import WARNING

from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Reason, Versions
from imagedrop.domain.resend_bound import REGISTER_TIME_LIMIT
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, ImsError, ObjectsRefused, ObjectsUnavailable, OutOfTime, Ports
from imagedrop.workflow import admission, completion, dispatch, recovery
from imagedrop.workflow.bucket_records import file_versions, installation
from imagedrop.workflow.image_lookup import DELETED_STATUSES, images_by_tag, usable
from imagedrop.workflow.register.decisions import Action, decide_on_error, decide_on_files
from imagedrop.workflow.register.next_steps import call_later, follow, look_up_later, write_claim

ANSWER_WITHIN = REGISTER_TIME_LIMIT + 30.0  # s; more than the function may run


def submit(ports: Ports, row: Drop) -> None:
    """Calls CreateImage if the drop may call now, its files are as validated, and IMS has no image of it. Raises
    RetryLater to be called again, and Conflict if another worker was faster."""
    if not admission.admit(ports, row):
        return
    try:
        installation.take_bucket(ports.objects, row.bucket, ports.settings.installation, ports.clock())
        if recovery.catch_up(ports, row):
            return
        current = file_versions.current_versions(ports.objects, row.bucket, row.versions)
        if (action := decide_on_files(row, current)) is not Action.CALL:
            _files_changed(ports, row, action, current)
            return
        found = images_by_tag(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        call_later(ports, row, error)
        return
    if any(not image.data_disk for image in usable(found)):  # if all are data images, the system image was deleted
        follow(ports, row, None, usable(found))  # made by an earlier attempt, or before the ledger was lost
        return
    deleted = (image.id for image in found if image.status in DELETED_STATUSES)
    row = row.model_copy(update={"disowned_images": (*row.disowned_images, *deleted)})
    # Saved before the claim is written, so that only one worker writes a claim.
    call(ports, ports.ledger.save(transitions.begin_submit(row, ports.clock(), ANSWER_WITHIN)))


def call(ports: Ports, row: Drop) -> None:
    """Writes claim and row, then calls CreateImage. Raises as `submit`."""
    sent = transitions.mark_sent(row, ports.clock(), ANSWER_WITHIN)
    try:
        write_claim(ports, sent)
        # Again, now that the other installation can read the claim: so not both of them call.
        installation.take_bucket(ports.objects, row.bucket, ports.settings.installation, ports.clock())
    except (ObjectsUnavailable, ObjectsRefused, OutOfTime) as error:
        call_later(ports, row.model_copy(update={"calls": sent.calls}), error)
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
        follow(ports, sent, job_id, ())


def _save_sent(ports: Ports, row: Drop, sent: Drop) -> Drop:
    try:
        return ports.ledger.save(sent)
    except Conflict:
        raise
    except Exception:
        write_claim(ports, row)  # nothing was sent: the claim must not say so
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
        look_up_later(ports, row)
    elif action is Action.RETRY:
        _not_taken(ports, before, row, error)
    else:
        ports.meter.count("Refused")
        completion.finish(ports, row, "rejected", Reason(code=error.code, message=error.message))


def _not_taken(ports: Ports, before: Drop, row: Drop, error: Exception) -> None:
    """IMS has not taken this call. Earlier ones count as before."""
    call_later(ports, row.model_copy(update={"sends": before.sends, "sent_at": before.sent_at}), error)
