"""Which message continues a drop."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.workflow import dispatch
from tests.support.world import BUCKET, KEY, World


@pytest.mark.parametrize(
    ("stage", "queue", "message"),
    [
        ("waiting", "drops", {"bucket": BUCKET, "key": KEY}),
        ("accepted", "registrations", {"attempt": 2}),
        ("submitting", "registrations", {"attempt": 2}),
        ("importing", "polls", {"attempt": 2, "generation": 3}),
        ("registered", "notices", {"attempt": 2}),
        ("rejected", "notices", {"attempt": 2}),
        ("failed", "notices", {"attempt": 2}),
    ],
)
def test_message_follows_the_stage(world: World, stage: str, queue: Any, message: dict[str, Any]) -> None:
    row = world.accepted().model_copy(update={"stage": stage, "attempt": 2, "generation": 3})
    dispatch.send_next(world.ports, row)
    assert world.ports.queues.bodies(queue) == [message if queue == "drops" else {"drop_id": row.drop_id, **message}]


@pytest.mark.parametrize(("stage", "delay"), [("accepted", 40), ("importing", 40), ("failed", 0)])
def test_registrations_and_polls_may_be_delayed(world: World, stage: str, delay: int) -> None:
    row = world.accepted().model_copy(update={"stage": stage})
    started = world.ports.clock.seconds()
    dispatch.send_next(world.ports, row, delay=40)
    assert world.ports.queues.next_at() == started + delay
