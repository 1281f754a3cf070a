"""Checks of histories that no drawn history breaks today: each is seen to fail."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from imagedrop.domain.drop import DropImage
from tests.simulation.checks.history_record import HistoryRecord
from tests.simulation.checks.notices import NoticeChecks
from tests.simulation.workers import Worker
from tests.support.world import World


@pytest.mark.parametrize(
    ("image", "failed_ports", "broken"),
    [("mixed", set[str](), True), ("mixed", {"objects"}, False), ("other", set[str](), False)],
)
def test_nobody_may_be_told_that_a_drop_is_registered_as_a_disowned_image(
    image: str, failed_ports: set[str], broken: bool
) -> None:
    world = World()
    row = world.accepted().model_copy(update={"stage": "registered", "images": (DropImage(role="system", id=image),)})
    end, record = (row.drop_id, row.attempt), HistoryRecord(world.ports, world.ports.clock)
    record.ends[end], record.disowned[end] = row, {"mixed"}
    record.restored_ends.add(end)
    body: dict[str, Any] = {"drop_id": end[0], "attempt": end[1], "stage": row.stage, "images": [{"id": image}]}
    worker = Worker("notify", {}, "notify", 60.0, Random(0), failed_ports=failed_ports)
    NoticeChecks(record).notified("sns", body, worker)
    assert any("disowned" in text for text in record.broken) is broken
