"""An open drop is late when it has waited long: in the queue, for an operator, for an answer, or for its import."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import lateness, transitions
from imagedrop.domain.drop import ChannelDelivery, Drop, Held
from imagedrop.domain.lateness import Late

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
DAY, HOUR = 86_400, 3600.0


def at(seconds: float) -> str:
    return format_timestamp(NOW + timedelta(seconds=seconds))


def row(**changes: Any) -> Drop:
    new = transitions.new_drop("drops", "golden/w.vhd", "1", NOW - timedelta(days=2), 60)
    return transitions.accept(new, NOW - timedelta(days=2), DAY, versions={}).model_copy(update=changes)


def held(since: float) -> Held:
    return Held(code="IMG.0015", message="quota", since=at(since))


@pytest.mark.parametrize(
    ("changes", "reason", "after"),
    [
        ({"admission": "queued", "queued_since": at(0)}, "queued", 4 * HOUR),
        ({"admission": "queued", "updated_at": at(0)}, "queued", 4 * HOUR),  # queued by an older version
        ({"stage": "submitting", "sent_at": at(0)}, "unanswered", HOUR / 2),
        ({"stage": "importing", "job_started_at": at(0)}, "importing", 12 * HOUR),
        ({"held": held(0)}, "held", HOUR),
        ({"held": held(0), "stage": "importing", "job_started_at": at(0)}, "held", HOUR),
    ],
)
def test_drop_is_late_from_its_time_on(changes: dict[str, Any], reason: Any, after: float) -> None:
    drop = row(**changes)
    assert lateness.untold(drop, NOW + timedelta(seconds=after - 1), DAY / 2) is None
    assert lateness.untold(drop, NOW + timedelta(seconds=after), DAY / 2) == Late(reason, at(0))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"admission": "called"},
        {"stage": "submitting"},
        {"stage": "waiting"},
        {"stage": "failed", "held": held(-DAY), "sent_at": at(-DAY), "job_started_at": at(-DAY)},
    ],
)
def test_other_drops_are_never_late(changes: dict[str, Any]) -> None:
    assert lateness.untold(row(**changes), NOW + timedelta(days=9), DAY / 2) is None


@pytest.mark.parametrize("state", ["done", "skipped", "refused"])
def test_owner_who_was_told_of_one_reason_is_told_of_another(state: Any) -> None:
    changes = {"stage": "importing", "job_started_at": at(-DAY), "late": {"held": ChannelDelivery(state=state)}}
    assert lateness.untold(row(held=held(-DAY), **changes), NOW, DAY / 2) == Late("importing", at(-DAY))


def test_held_drop_in_the_queue_waits_for_the_queue() -> None:
    """What held it may have passed while it waits: an owner who is told so would look for a fault that is gone."""
    drop = row(admission="queued", queued_since=at(0), held=held(-DAY))
    assert lateness.untold(drop, NOW + timedelta(hours=3), DAY / 2) is None
    assert lateness.untold(drop, NOW + timedelta(hours=4), DAY / 2) == Late("queued", at(0))


def test_mail_that_is_being_sent_counts_as_untold() -> None:
    drop = row(held=held(-DAY), late={"held": ChannelDelivery(state="sending", at=at(0))})
    assert lateness.untold(drop, NOW, DAY / 2) == Late("held", at(-DAY))


def test_next_attempt_is_told_again() -> None:
    drop = row(late={"queued": ChannelDelivery(state="done")})
    assert transitions.new_attempt(drop, NOW, DAY).late is None
