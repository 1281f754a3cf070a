"""Checks of histories that no drawn history breaks today: each is seen to fail."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from imagedrop.domain import object_keys
from imagedrop.domain.drop import DropImage
from imagedrop.workflow.bucket_records import claims, end_markers
from tests.simulation.checks.bucket_records import BucketRecordChecks
from tests.simulation.checks.history_record import HistoryRecord
from tests.simulation.checks.notices import NoticeChecks
from tests.simulation.workers import Worker
from tests.support.world import BUCKET, World


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


@pytest.mark.parametrize(
    ("began", "ended_before", "broken"),
    [(-30.0, True, False), (30.0, True, True), (-30.0, False, True)],
    ids=["a sweep from before the attempt", "a later sweep", "a first attempt"],
)
def test_sweep_may_delete_a_claim_only_if_it_began_before_the_attempt(
    began: float, ended_before: bool, broken: bool
) -> None:
    world = World()
    row = world.accepted().model_copy(update={"attempt": 2, "stage": "submitting"})
    if ended_before:
        ended = row.model_copy(update={"attempt": 1, "stage": "failed"})
        world.ports.objects.upload(BUCKET, end_markers.end_marker_key(ended), b"")
    record = HistoryRecord(world.ports, world.ports.clock)
    record.rows[row.drop_id] = row
    checks, now = BucketRecordChecks(record), world.ports.clock.seconds()
    key = object_keys.claim_key(row.drop_id)
    claims.write_claim(world.ports.objects, row, "")
    body = world.ports.objects.body(BUCKET, key)
    assert isinstance(body, bytes)
    checks.written(key, body)
    checks.deleted(key, body, Worker("sweep", {}, "sweep", now + 300, Random(0), began_at=now + began))
    assert bool(record.broken) is broken
