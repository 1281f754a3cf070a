"""The decisions of registration, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, FileVersion, Versions
from imagedrop.ports import Image, ImsError
from imagedrop.settings import Settings
from imagedrop.workflow.image_lookup import FoundImages
from imagedrop.workflow.register_decisions import Action, decide, decide_on_error, decide_on_files, decide_on_lookup

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
        ("refused", "IMG.0009", 2, Action.LOOK_UP),
        ("unknown", "ReadTimeout", 1, Action.LOOK_UP),
        ("busy", "IMG.0060", 2, Action.RETRY),
        ("held", "IMG.0015", 1, Action.RETRY),
        ("undelivered", "ConnectTimeout", 1, Action.RETRY),
    ],
)
def test_failed_call_is_handled_by_kind_of_error(kind: Any, code: str, sends: int, action: Action) -> None:
    assert decide_on_error(accepted(**SENT | {"sends": sends}), ImsError(kind, code, "message")) is action


@pytest.mark.parametrize(
    ("found", "seconds", "shows_imports", "action"),
    [
        (FoundImages([image()]), 100, False, Action.FOLLOW),
        (FoundImages([image("killed"), image("saving")]), 100, False, Action.FOLLOW),
        (FoundImages([image("killed")]), 2000, True, Action.DELETED),
        (FoundImages([]), 2000, True, Action.CALL),
        (FoundImages([]), 1200, True, Action.CALL),
        (FoundImages([]), 1199, True, Action.LOOK_UP),
        (FoundImages([]), 2000, False, Action.LOOK_UP),
        (FoundImages([], [image()]), 2000, True, Action.LOOK_UP),
        (FoundImages([]), 4000, True, Action.LOOK_UP),
    ],
)
def test_request_is_sent_again_only_if_ims_cannot_have_it(
    found: FoundImages, seconds: float, shows_imports: bool, action: Action
) -> None:
    row = accepted(**SENT | {"sent_at": at(0)})
    settings = Settings(ims_shows_imports=shows_imports, resend_after=1200)
    assert decide_on_lookup(row, found, NOW + timedelta(seconds=seconds), settings) is action
