"""The function `validate` on messages of the drops queue."""

from __future__ import annotations

import pytest

from imagedrop.domain.messages import BadMessage
from imagedrop.workflow.validate import validate
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


def test_a_record_that_cannot_be_read_is_reported_after_the_others_were_handled(world: World) -> None:
    world.put("golden/w.vhd", b"image", event=False)
    good = {"s3": {"bucket": {"name": BUCKET}, "object": {"key": "golden/w.vhd"}}, "eventName": "ObjectCreated:Put"}
    with pytest.raises(BadMessage, match=r"Records\[1\].*; .*Records\[2\]"):
        validate.validate_events(world.ports, {"Records": [good, {"eventName": "ObjectCreated:Put"}, 7]})
    assert world.row("golden/w.vhd").stage == "waiting"


def test_a_message_for_our_bucket_is_not_counted_as_foreign(world: World) -> None:
    world.ports.queues.send("drops", {"bucket": BUCKET, "key": "a/b.vhd"})
    function("validate").handle(world.ports.queues.event("drops"), world.ports)
    assert "EventsForeignBucket" not in world.ports.meter.counts
