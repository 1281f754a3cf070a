"""Which fields of a row each transition changes. All others stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from imagedrop.domain import transitions
from imagedrop.domain.drop import OBJECT_REPLACED, ChannelDelivery, FileVersion, Held, Reason
from tests.unit.domain.test_transitions import FINDING, IMAGE, NOW, STEPS, make_drop

BEFORE, AT = "2026-11-24T12:00:00.000Z", "2026-11-24T13:01:00.000Z"
A_MINUTE_LATER = NOW + timedelta(minutes=1)  # AT
FULL = make_drop().model_copy(
    update={
        "attempt": 2,
        "revision": 7,
        "versions": {"golden/w.vhd": FileVersion(etag="e", last_modified=BEFORE)},
        "ended_at": BEFORE,
        "missing": ("f",),
        "blocked_by": "another drop",
        "size": 1,
        "admission": "called",
        "queued_since": BEFORE,
        "attempt_left": 500,
        "sent_at": BEFORE,
        "calls": 3,
        "sends": 2,
        "restarts": 1,
        "job_id": "job",
        "job_started_at": BEFORE,
        "images": (IMAGE,),
        "images_missing_since": BEFORE,
        "disowned_images": ("old",),
        "generation": 4,
        "tries": 5,
        "next_at": BEFORE,
        "held": Held(code="h", message="m", since=BEFORE),
        "late": {"held": ChannelDelivery(state="done")},
        "redrives": 2,
        "reason": Reason(code="r", message="m"),
        "deliveries": {"mail": ChannelDelivery(state="done")},
        "end_marked": True,
    }
)
PENDING = {channel: {"state": "pending", "at": None, "note": None} for channel in ("result", "sns", "mail")}
END = {
    "ended_at": AT,
    "blocked_by": None,
    "next_at": None,
    "held": None,
    "redrives": 0,
    "deliveries": PENDING,
    "end_marked": False,
}
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {  # transition -> the stage before, and the fields changed
    "wait": ("waiting", {"versions": {}, "missing": ["golden/w.vhd.json"], "blocked_by": None, "redrives": 0}),
    "park": ("waiting", {"missing": [], "blocked_by": None, "parked": True}),
    "accept": (
        "waiting",
        {
            "stage": "accepted",
            "versions": {},
            "deadline_at": "2026-11-24T14:01:00.000Z",
            "missing": [],
            "blocked_by": None,
            "redrives": 0,
        },
    ),
    "queue": (
        "accepted",
        {
            "deadline_at": "2026-11-25T12:00:00.000Z",
            "admission": "queued",
            "attempt_left": 3540,
            "next_at": None,
            "redrives": 0,
        },
    ),
    "admit": (
        "accepted",
        {"deadline_at": "2026-11-24T13:09:20.000Z", "attempt_left": None, "next_at": None, "redrives": 0},
    ),
    "begin_submit": (
        "accepted",
        {"stage": "submitting", "sent_at": None, "next_at": "2026-11-24T13:02:30.000Z", "redrives": 0},
    ),
    "mark_sent": ("submitting", {"sent_at": AT, "calls": 4, "sends": 3, "next_at": "2026-11-24T13:02:30.000Z"}),
    "return_to_accepted": (
        "submitting",
        {
            "stage": "accepted",
            "admission": "",
            "sent_at": None,
            "tries": 6,
            "next_at": "2026-11-24T13:01:30.000Z",
            "held": None,
            "redrives": 0,
        },
    ),
    "begin_import": (
        "submitting",
        {
            "stage": "importing",
            "job_id": "j",
            "job_started_at": AT,
            "images": [],
            "images_missing_since": None,
            "tries": 0,
            "next_at": "2026-11-24T13:01:01.000Z",
            "held": None,
            "redrives": 0,
        },
    ),
    "restart_job": (
        "importing",
        {
            "stage": "accepted",
            "sent_at": None,
            "sends": 0,
            "restarts": 2,
            "job_id": None,
            "images": [],
            "generation": 5,
            "next_at": None,
            "redrives": 0,
        },
    ),
    "register": ("importing", {**END, "stage": "registered", "reason": None}),
    "reject": ("submitting", {**END, "stage": "rejected", "reason": {"code": "c", "message": "m"}}),
    "fail": ("importing", {**END, "stage": "failed", "reason": {"code": "c", "message": "m"}}),
}


def set_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("name", CHANGES)
def test_transition_changes_these_fields(name: str) -> None:
    stage, changes = CHANGES[name]
    row = FULL.model_copy(update={"stage": stage})
    before, after = (each.model_dump(mode="json", by_alias=False) for each in (row, STEPS[name](row, A_MINUTE_LATER)))
    assert set_fields(after) == set_fields({**before, "updated_at": AT, **changes})


@pytest.mark.parametrize("code", [OBJECT_REPLACED, "import.deadline"])
def test_new_attempt_keeps_only_what_must_not_be_forgotten(code: str) -> None:
    row = FULL.model_copy(update={"stage": "failed", "reason": Reason(code=code, message="m")})
    new = transitions.new_attempt(row, A_MINUTE_LATER, 3600)
    fresh = transitions.new_drop(row.bucket, row.key, row.etag, A_MINUTE_LATER, 3600)
    images = (IMAGE.id,) if code == OBJECT_REPLACED else ()  # of unknown content
    kept = {"attempt": 3, "revision": 7, "generation": 5, "disowned_images": ("old", *images)}
    assert new == fresh.model_copy(update=kept)


def test_answer_to_a_drop_that_is_registered_already_is_a_new_end() -> None:
    row = FULL.model_copy(update={"stage": "registered", "reason": None})
    changes = {"attempt": 3, "versions": {}, "ended_at": AT, "updated_at": AT, "end_marked": False}
    answer = transitions.answer_with_image(row, A_MINUTE_LATER, {}, FINDING)
    assert answer == row.model_copy(
        update={**changes, "findings": (FINDING.stored(),), "deliveries": answer.deliveries}
    )
    assert {channel: delivery.state for channel, delivery in answer.deliveries.items()} == dict.fromkeys(
        ("result", "sns", "mail"), "pending"
    )
