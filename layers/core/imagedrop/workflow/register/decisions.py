"""What registration does next. No I/O: the functions take a row and what was observed, and return an Action."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain.drop import Drop, Versions
from imagedrop.ports import ImsError
from imagedrop.settings import Settings
from imagedrop.workflow.image_lookup import FoundImages, usable

CALL_AGAIN_FOR = 1_800.0  # s after the window


class Action(Enum):
    NOTHING = "the message is out of date, or the drop is queued"
    WAIT = "the next step is not due yet"
    GIVE_UP = "the deadline has passed, or the image was looked for long enough"
    CALL = "IMS has no request: call CreateImage"
    CALL_AGAIN = "IMS may have a request, and refuses a second one then: call CreateImage"
    NEW_ATTEMPT = "a file other than the image has changed: validate again"
    REPLACED = "the image was replaced or deleted: fail"
    REJECT = "IMS rejects the request for good"
    RETRY = "IMS has not taken the request: call it again later"
    LOOK_UP = "the outcome is unknown: search for the image"
    FOLLOW = "the image was found: poll it"
    DELETED = "the image was found, but is deleted: fail"


def decide(row: Drop | None, attempt: int, now: datetime) -> Action:
    """What to do with a message: NOTHING, WAIT, GIVE_UP, CALL or LOOK_UP."""
    if row is None or row.attempt != attempt or row.stage not in ("accepted", "submitting"):
        return Action.NOTHING
    sent = row.stage == "submitting" and row.sent_at is not None
    if is_overdue(row, now):
        return Action.LOOK_UP if sent else Action.GIVE_UP
    if row.open_index_partition == "queued":
        return Action.NOTHING
    if row.next_at is not None and now < parse_timestamp(row.next_at):
        return Action.WAIT
    return Action.LOOK_UP if sent else Action.CALL


def decide_on_files(row: Drop, current: Versions) -> Action:
    """Before the call: CALL, REPLACED or NEW_ATTEMPT. `current`: the files as they are now."""
    if current == row.versions:
        return Action.CALL
    image, validated = current[row.key], row.versions[row.key]
    same_image = image is not None and validated is not None and image.etag == validated.etag
    return Action.NEW_ATTEMPT if same_image else Action.REPLACED


def decide_on_error(row: Drop, error: ImsError) -> Action:
    """CreateImage has failed: REJECT, RETRY or LOOK_UP."""
    if error.kind == "unknown":
        return Action.LOOK_UP
    # With several calls that IMS may have taken, an earlier one may have made the image, for example with this name.
    return Action.REJECT if error.kind == "refused" and row.sends == 1 else Action.RETRY


def decide_on_lookup(row: Drop, found: FoundImages, began: datetime, settings: Settings, window: float) -> Action:
    """The images were searched for: FOLLOW, DELETED, CALL, CALL_AGAIN, LOOK_UP (again) or GIVE_UP. `began`: when the
    search began. `window`: seconds after which the import that was perhaps started has surely ended."""
    if usable(found.own):
        return Action.FOLLOW
    if found.own:
        return Action.DELETED
    assert row.sent_at is not None
    waited, names = seconds_between(row.sent_at, began), settings.ims_names_unique
    if found.possible or is_overdue(row, began) or waited < settings.resend_after:
        return Action.LOOK_UP
    if settings.ims_shows_imports:
        return Action.CALL
    if waited >= window + (CALL_AGAIN_FOR if names != "no" else 0) and row.held is None:
        return Action.GIVE_UP
    name_is_taken = names == "always" or (names == "after_import" and waited >= window)  # if IMS has the request
    return Action.CALL_AGAIN if name_is_taken else Action.LOOK_UP


def is_overdue(row: Drop, now: datetime) -> bool:
    if row.open_index_partition == "queued" and row.queued_since is None:
        return False  # an older version has queued it: the sweep sets its deadline
    return now >= parse_timestamp(row.deadline_at)
