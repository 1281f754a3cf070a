"""Registration: makes exactly one IMS image per drop, though IMS has no idempotency token.

Before CreateImage is called, a claim is written to the bucket and `sent_at` to the row. From then on the outcome is
unknown until IMS has answered or the image is found. *Not found* proves nothing: IMS can accept a request while its
signature is valid (15 minutes), and may hide an image until its import ends.

`decisions` decides what to do; this module does it, with `create_image` and `next_steps`.
"""

from __future__ import annotations

from imagedrop.common.timestamps import add_seconds, format_timestamp, parse_timestamp
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.observability import log_outdated
from imagedrop.ports import Conflict, ImsError, ObjectsRefused, ObjectsUnavailable, Ports, RetryLater
from imagedrop.workflow import completion, import_durations, recovery
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.image_lookup import find_images, usable
from imagedrop.workflow.operator_hold import hold_for
from imagedrop.workflow.register.create_image import ANSWER_WITHIN, call, submit
from imagedrop.workflow.register.decisions import Action, decide, decide_on_files, decide_on_lookup
from imagedrop.workflow.register.next_steps import call_later, follow, give_up, look_up_later


def register(ports: Ports, drop_id: str, attempt: int) -> None:
    """Takes the drop one step further. Raises RetryLater to be called again."""
    row = ports.ledger.get(drop_id)
    action = decide(row, attempt, ports.clock())
    if row is None or action is Action.NOTHING:
        log_outdated(row, attempt)
        return
    try:
        if action is Action.GIVE_UP:
            if not _has_caught_up(ports, row):
                give_up(ports, row)
        elif action is Action.WAIT:
            assert row.next_at is not None
            raise RetryLater(max(1.0, (parse_timestamp(row.next_at) - ports.clock()).total_seconds()))
        elif action is Action.LOOK_UP:
            _look_up(ports, row)
        else:
            submit(ports, row)
    except Conflict:
        raise RetryLater(30) from None  # another worker has changed the row: decide again later


def _has_caught_up(ports: Ports, row: Drop) -> bool:
    """Before a drop ends of which the row says that IMS has no request: the bucket may know more. False, too, while the
    bucket cannot be read."""
    try:
        return recovery.catch_up(ports, row)
    except (ObjectsUnavailable, ObjectsRefused):
        return False


def _look_up(ports: Ports, row: Drop) -> None:
    began = ports.clock()  # IMS may accept the request while a slow search is under way
    try:
        if recovery.catch_up(ports, row):
            return
        found = find_images(ports, row)
    except (ImsError, ObjectsUnavailable, ObjectsRefused) as error:
        look_up_later(ports, row, hold_for(ports, row, error))
        return
    window = import_durations.window_of(ports, row)
    action = decide_on_lookup(row, found, began, ports.settings, window)
    if action is Action.FOLLOW:
        follow(ports, row, None, usable(found.own))
    elif action is Action.DELETED:
        image = found.own[0]
        completion.fail(ports, row, "ims.import_failed", f"The image {image.id} is {image.status} in IMS.")
    elif action is Action.CALL:
        row = row.model_copy(update={"sends": 0})  # IMS has taken none of them, nor will it
        submit(ports, ports.ledger.save(transitions.return_to_accepted(row, ports.clock(), 0)))
    elif action is Action.CALL_AGAIN:
        _call_again(ports, row)
    elif action is Action.GIVE_UP:
        give_up(ports, row)
    else:
        look_up_later(ports, row)


def _call_again(ports: Ports, row: Drop) -> None:
    """If IMS has an earlier call of this drop, it refuses this one because of the name. So the drop stays `submitting`,
    takes no slot, and only the same files are sent."""
    try:
        current = file_versions.current_versions(ports.objects, row.bucket, row.versions)
    except (ObjectsUnavailable, ObjectsRefused) as error:
        call_later(ports, row, error)
        return
    if decide_on_files(row, current) is Action.CALL:
        due = add_seconds(format_timestamp(ports.clock()), ANSWER_WITHIN)  # other workers wait, as after `begin_submit`
        call(ports, ports.ledger.save(row.updated(ports.clock(), next_at=due)))
    else:
        look_up_later(ports, row)
