"""The function `validate` on messages of the drops queue."""

from __future__ import annotations

import pytest

from imagedrop_local.project_paths import function
from tests.support.world import BUCKET, World


def test_a_message_for_another_bucket_is_logged_counted_and_removed(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.ports.queues.send("drops", {"bucket": "theirs", "key": "a/b.vhd"})
    answer = function("validate").handle(world.ports.queues.event("drops"), world.ports)
    assert answer == {"batchItemFailures": []}
    assert world.ports.meter.counts["EventsForeignBucket"] == 1
    (record,) = (record.__dict__ for record in caplog.records if record.levelname == "WARNING")
    assert (record["msg"], record["bucket"], record["key"]) == ("event for another bucket", "theirs", "a/b.vhd")


def test_a_message_for_our_bucket_is_not_counted_as_foreign(world: World) -> None:
    world.ports.queues.send("drops", {"bucket": BUCKET, "key": "a/b.vhd"})
    function("validate").handle(world.ports.queues.event("drops"), world.ports)
    assert "EventsForeignBucket" not in world.ports.meter.counts
