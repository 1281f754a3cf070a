"""What registration does next. No I/O: the functions take a row and what was observed, and return an Action."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain.drop import Drop, Versions
from imagedrop.ports import ImsError
from imagedrop.settings import Settings
from imagedrop.workflow.image_lookup import FoundImages, usable

NAME_TAKEN = "IMG.0009"


class Action(Enum):
    NOTHING = "the message is out of date, or the drop is queued"
    WAIT = "the next step is not due yet"
    GIVE_UP = "the deadline has passed"
    CALL = "IMS has no request: call CreateImage"
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
    # With several calls that IMS may have taken, one whose answer was lost may have made the image with this name.
    if error.kind == "unknown" or (error.code == NAME_TAKEN and row.sends > 1):
        return Action.LOOK_UP
    return Action.REJECT if error.kind == "refused" else Action.RETRY


def decide_on_lookup(row: Drop, found: FoundImages, began: datetime, settings: Settings) -> Action:
    """The images were searched for: FOLLOW, DELETED, CALL or LOOK_UP (again). `began`: when the search began."""
    if usable(found.own):
        return Action.FOLLOW
    if found.own:
        return Action.DELETED
    return Action.CALL if not found.possible and may_resend(row, began, settings) else Action.LOOK_UP


def may_resend(row: Drop, began: datetime, settings: Settings) -> bool:
    """True once IMS can no longer accept the request that was sent (`resend_after`), and only where IMS shows images
    during their import: else the lookup proves nothing."""
    return (
        settings.ims_shows_imports
        and not is_overdue(row, began)
        and row.sent_at is not None
        and seconds_between(row.sent_at, began) >= settings.resend_after
    )


def is_overdue(row: Drop, now: datetime) -> bool:
    if row.open_index_partition == "queued" and row.queued_since is None:
        return False  # an older version has queued it: the sweep sets its deadline
    return now >= parse_timestamp(row.deadline_at)
