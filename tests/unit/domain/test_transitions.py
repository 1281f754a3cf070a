"""Transitions keep to the allowed stages, in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import ALLOWED_TRANSITIONS, ENDED, LIVE, Drop, DropImage, Reason, WrongStage
from imagedrop.findings.pairing import ALREADY_REGISTERED

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
IMAGE = DropImage(role="system", id="i-1")


def make_drop() -> Drop:
    return transitions.new_drop("drops", "golden/w.vhd", "0123", NOW, 3600)


FINDING = ALREADY_REGISTERED(image=IMAGE.id)
NEXT_ATTEMPT = ("new_attempt", "answer_with_image")
STEPS: dict[str, Callable[[Drop, datetime], Drop]] = {
    "wait": lambda row, now: transitions.wait(row, now, versions={}, missing=("golden/w.vhd.json",)),
    "park": transitions.park,
    "accept": lambda row, now: transitions.accept(row, now, 3600, versions={}),
    "queue": lambda row, now: transitions.queue(row, now, 86_400),
    "admit": lambda row, now: transitions.admit(row, now, 3600),
    "begin_submit": lambda row, now: transitions.begin_submit(row, now, 90),
    "mark_sent": lambda row, now: transitions.mark_sent(row, now, 90),
    "return_to_accepted": lambda row, now: transitions.return_to_accepted(row, now, 30),
    "begin_import": lambda row, now: transitions.begin_import(row, now, job_id="j", images=(), first=1),
    "restart_job": transitions.restart_job,
    "register": lambda row, now: transitions.end(row, now, "registered", None, images=(IMAGE,)),
    "reject": lambda row, now: transitions.end(row, now, "rejected", Reason(code="c", message="m")),
    "fail": lambda row, now: transitions.end(row, now, "failed", Reason(code="c", message="m")),
    "new_attempt": lambda row, now: transitions.new_attempt(row, now, 3600),
    "answer_with_image": lambda row, now: transitions.answer_with_image(row, now, {}, FINDING),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
@example(["accept", "begin_import", "register", "answer_with_image", "new_attempt"])
def test_any_sequence_of_transitions_keeps_to_the_allowed_stages(names: list[str]) -> None:
    row, now = make_drop(), NOW
    for name in names:
        now += timedelta(seconds=1)
        before = row
        try:
            row = STEPS[name](row, now)
        except WrongStage:
            continue
        assert name == "new_attempt" or row.stage == before.stage or row.stage in ALLOWED_TRANSITIONS[before.stage]
        assert row.attempt == before.attempt + (name in NEXT_ATTEMPT)
        assert row.revision == before.revision
        assert row.ended_at is None or row.stage in ENDED
        if before.stage in ENDED and name != "new_attempt":
            assert row.stage == before.stage
        if row.stage in ENDED:
            assert row.open  # until the owner is notified
            assert not row.all_delivered
        assert row.generation >= before.generation


def test_new_attempt_resets_an_ended_drop() -> None:
    row = transitions.end(
        transitions.accept(make_drop(), NOW, 60, versions={"k": None}), NOW, "failed", Reason(code="x", message="y")
    )
    with pytest.raises(WrongStage):
        transitions.begin_submit(row, NOW, 90)
    fresh = transitions.new_attempt(row, NOW, 3600)
    assert (fresh.stage, fresh.attempt, fresh.reason, fresh.versions, fresh.deliveries) == ("waiting", 2, None, {}, {})


def test_messages_of_an_earlier_attempt_or_job_are_void() -> None:
    """They carry its generation."""
    accepted = transitions.accept(make_drop().model_copy(update={"generation": 4}), NOW, 60)
    importing = transitions.begin_import(accepted, NOW, job_id="j", images=(), first=1)
    assert importing.generation == 4
    assert transitions.restart_job(importing, NOW).generation == 5
    failed = transitions.end(importing, NOW, "failed", Reason(code="x", message="y"))
    assert transitions.new_attempt(failed, NOW, 3600).generation == 5


def test_registered_drop_cannot_fail() -> None:
    row = transitions.begin_import(transitions.accept(make_drop(), NOW, 60), NOW, job_id="j", images=(), first=1)
    row = transitions.end(row, NOW, "registered", None)
    with pytest.raises(WrongStage):
        transitions.end(row, NOW, "failed", None)


def test_every_stage_is_waiting_live_or_ended() -> None:
    assert {"waiting"} | LIVE | ENDED == set(ALLOWED_TRANSITIONS)


def test_drop_id_is_the_documented_digest() -> None:
    # sha256(b"drops\0golden/w.vhd\0abc"), unpadded base64url
    assert drops.drop_id("drops", "golden/w.vhd", '"abc"') == drops.drop_id("drops", "golden/w.vhd", "abc")
    assert len(drops.drop_id("b", "k", "e")) == 43
    assert drops.drop_id("b", "k", "e") == "Zb_rzVoERPbgn50sf9qGfvKNWdstlmSv9t1OlpzQaxw"


@given(st.text(max_size=20), st.text(max_size=20), st.text(alphabet="0123456789abcdef-", max_size=40))
def test_drop_id_is_a_valid_ims_tag_value(bucket: str, key: str, etag: str) -> None:
    made = drops.drop_id(bucket, key, etag)
    assert len(made) == 43
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_time_in_the_queue_does_not_count_for_the_deadline_of_the_attempt() -> None:
    row = transitions.queue(transitions.accept(make_drop(), NOW, 3600), after(600), 86_400)
    assert row.deadline_at == format_timestamp(after(600 + 86_400))
    admitted = transitions.admit(row, after(50_000), 3600)
    assert admitted.deadline_at == format_timestamp(after(50_000 + 3000))


def test_drop_that_is_queued_again_has_the_deadline_of_the_first_time() -> None:
    first = transitions.queue(transitions.accept(make_drop(), NOW, 3600), NOW, 86_400)
    again = transitions.queue(transitions.admit(first, after(7200), 3600), after(8100), 86_400)
    assert (again.queued_since, again.deadline_at) == (first.queued_since, first.deadline_at)
    assert transitions.admit(again, after(20_000), 3600).deadline_at == format_timestamp(after(20_000 + 2700))


def test_new_attempt_has_the_whole_time_in_the_queue_again() -> None:
    queued = transitions.queue(transitions.accept(make_drop(), NOW, 3600), NOW, 86_400)
    fresh = transitions.accept(transitions.new_attempt(queued, after(7200), 3600), after(7200), 3600)
    assert transitions.queue(fresh, after(7200), 86_400).deadline_at == format_timestamp(after(7200 + 86_400))


def test_row_that_an_older_version_queued_is_admitted_with_the_whole_deadline() -> None:
    accepted = transitions.accept(make_drop(), NOW, 3600)
    old = accepted.updated(after(60), admission="queued")
    limited = transitions.limit_queue_time(old, 86_400)
    assert (limited.updated_at, limited.deadline_at) == (old.updated_at, format_timestamp(after(60 + 86_400)))
    assert transitions.admit(limited, after(50_000), 3600).deadline_at == format_timestamp(after(50_000 + 3600))
