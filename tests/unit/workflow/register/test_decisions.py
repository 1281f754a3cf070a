"""The decisions of registration, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

import pytest

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, FileVersion, Held, Versions
from imagedrop.ports import Image, ImsError
from imagedrop.settings import Settings
from imagedrop.workflow.image_lookup import FoundImages
from imagedrop.workflow.register.decisions import (
    CALL_AGAIN_FOR,
    Action,
    decide,
    decide_on_error,
    decide_on_files,
    decide_on_lookup,
)

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
KEY, SIDECAR, DATA = "golden/w.vhd", "golden/w.vhd.json", "golden/d.vhd"
OLD, NEW = FileVersion(etag="1", last_modified="a"), FileVersion(etag="2", last_modified="b")
TOUCHED = OLD.model_copy(update={"last_modified": "b"})
VERSIONS: Versions = {KEY: OLD, SIDECAR: OLD, DATA: OLD}


def at(seconds: float) -> str:
    return format_timestamp(NOW + timedelta(seconds=seconds))


def accepted(**changes: Any) -> Drop:
    """An accepted drop whose deadline is in an hour."""
    row = transitions.new_drop("drops", KEY, "1", NOW, 60)
    return transitions.accept(row, NOW, 3600, versions=VERSIONS).model_copy(update=changes)


SENT = {"stage": "submitting", "sent_at": at(-100), "sends": 1}


def image(status: str = "active") -> Image:
    return Image("image-1", "Golden W", status, 40, at(0))


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, Action.CALL),
        ({"next_at": at(-1)}, Action.CALL),
        ({"next_at": at(0)}, Action.CALL),
        ({"next_at": at(1)}, Action.WAIT),
        ({"admission": "called"}, Action.CALL),
        ({"admission": "queued"}, Action.NOTHING),
        ({"admission": "queued", "deadline_at": at(0), "queued_since": at(-9)}, Action.GIVE_UP),
        ({"admission": "queued", "deadline_at": at(0)}, Action.NOTHING),  # queued by an older version
        ({"deadline_at": at(0)}, Action.GIVE_UP),
        ({"stage": "submitting"}, Action.CALL),
        (SENT, Action.LOOK_UP),
        ({**SENT, "next_at": at(1)}, Action.WAIT),
        ({**SENT, "next_at": at(1), "deadline_at": at(0)}, Action.LOOK_UP),
        ({"attempt": 2}, Action.NOTHING),
        ({"stage": "waiting"}, Action.NOTHING),
        ({"stage": "importing"}, Action.NOTHING),
        ({"stage": "failed"}, Action.NOTHING),
    ],
)
def test_message_is_handled_by_stage_deadline_and_due_time(changes: dict[str, Any], action: Action) -> None:
    assert decide(accepted(**changes), 1, NOW) is action


def test_message_without_row_is_ignored() -> None:
    assert decide(None, 1, NOW) is Action.NOTHING


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, Action.CALL),
        ({SIDECAR: NEW}, Action.NEW_ATTEMPT),
        ({DATA: None}, Action.NEW_ATTEMPT),
        ({KEY: TOUCHED}, Action.NEW_ATTEMPT),
        ({KEY: NEW}, Action.REPLACED),
        ({KEY: None}, Action.REPLACED),
        ({KEY: NEW, SIDECAR: NEW}, Action.REPLACED),
    ],
)
def test_changed_file_prevents_the_call(changes: Versions, action: Action) -> None:
    assert decide_on_files(accepted(), VERSIONS | changes) is action


@pytest.mark.parametrize(
    ("kind", "code", "sends", "action"),
    [
        ("refused", "IMG.0056", 1, Action.REJECT),
        ("refused", "IMG.0009", 1, Action.REJECT),
        ("refused", "IMG.0009", 2, Action.RETRY),  # perhaps an earlier call made the image with this name
        ("refused", "IMG.0057", 2, Action.RETRY),
        ("unknown", "ReadTimeoutError", 2, Action.LOOK_UP),
        ("unknown", "ReadTimeoutError", 1, Action.LOOK_UP),
        ("busy", "IMG.0060", 2, Action.RETRY),
        ("held", "IMG.0015", 1, Action.RETRY),
        ("undelivered", "ConnectTimeout", 1, Action.RETRY),
    ],
)
def test_failed_call_is_handled_by_kind_of_error(kind: Any, code: str, sends: int, action: Action) -> None:
    assert decide_on_error(accepted(**SENT | {"sends": sends}), ImsError(kind, code, "message")) is action


WINDOW, BOUND = 7200.0, 1500
MORE = WINDOW + CALL_AGAIN_FOR
NONE = FoundImages([])
Names = Literal["no", "after_import", "always"]


@pytest.mark.parametrize(
    ("found", "seconds", "shows_imports", "names", "action"),
    [
        (FoundImages([image()]), 100, False, "no", Action.FOLLOW),
        (FoundImages([image()]), WINDOW, False, "no", Action.FOLLOW),
        (FoundImages([image("killed"), image("saving")]), 100, False, "no", Action.FOLLOW),
        (FoundImages([image("killed")]), 2000, True, "no", Action.DELETED),
        (FoundImages([image("killed")]), MORE, False, "always", Action.DELETED),
        # IMS shows imports: not found proves that it has no request
        (NONE, BOUND - 1, True, "no", Action.LOOK_UP),
        (NONE, BOUND, True, "no", Action.CALL),
        (NONE, MORE, True, "always", Action.CALL),
        (FoundImages([], [image()]), BOUND, True, "no", Action.LOOK_UP),
        (FoundImages([], [image()]), MORE, True, "always", Action.LOOK_UP),
        # IMS hides imports
        (NONE, BOUND, False, "no", Action.LOOK_UP),
        (NONE, WINDOW - 1, False, "no", Action.LOOK_UP),
        (NONE, WINDOW, False, "no", Action.GIVE_UP),
        (FoundImages([], [image()]), WINDOW, False, "no", Action.LOOK_UP),
        # ... and refuses the name of a hidden import
        (NONE, BOUND - 1, False, "always", Action.LOOK_UP),
        (NONE, BOUND, False, "always", Action.CALL_AGAIN),
        (NONE, MORE - 1, False, "always", Action.CALL_AGAIN),
        (NONE, MORE, False, "always", Action.GIVE_UP),
        (FoundImages([], [image()]), BOUND, False, "always", Action.LOOK_UP),
        # ... and refuses only the names of images that exist
        (NONE, WINDOW - 1, False, "after_import", Action.LOOK_UP),
        (NONE, WINDOW, False, "after_import", Action.CALL_AGAIN),
        (NONE, MORE - 1, False, "after_import", Action.CALL_AGAIN),
        (NONE, MORE, False, "after_import", Action.GIVE_UP),
        # the deadline is after 20,000 s
        *((NONE, 20_000, shows, names, Action.LOOK_UP) for shows in (True, False) for names in get_args(Names)),
    ],
)
def test_request_is_sent_again_only_if_it_cannot_make_a_second_image(
    found: FoundImages, seconds: float, shows_imports: bool, names: Names, action: Action
) -> None:
    row = accepted(**SENT | {"sent_at": at(0), "deadline_at": at(20_000)})
    settings = Settings(ims_shows_imports=shows_imports, ims_names_unique=names, resend_after=BOUND)
    assert decide_on_lookup(row, found, NOW + timedelta(seconds=seconds), settings, WINDOW) is action


def test_drop_that_an_operator_must_help_is_not_given_up_before_its_deadline() -> None:
    held = Held(code="IMG.0015", message="quota", since=at(0))
    row = accepted(**SENT | {"sent_at": at(0), "deadline_at": at(20_000), "held": held})
    settings = Settings(ims_names_unique="always")
    assert decide_on_lookup(row, NONE, NOW + timedelta(seconds=MORE), settings, WINDOW) is Action.CALL_AGAIN
