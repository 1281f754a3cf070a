"""A message that needs no work leaves a line in the log that says so."""

from __future__ import annotations

import pytest

from imagedrop.ports import QueueName
from imagedrop_local.project_paths import function
from tests.support.world import BUCKET, KEY, World

FUNCTION_OF: dict[QueueName, str] = {
    "drops": "validate",
    "registrations": "register",
    "polls": "poll",
    "notices": "notify",
}


def logged(world: World, queue: QueueName, message: dict[str, object], caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    with caplog.at_level("INFO", logger="imagedrop"):
        world.ports.queues.send(queue, message)
        answer = function(FUNCTION_OF[queue]).handle(world.ports.queues.event(queue), world.ports)
    assert answer == {"batchItemFailures": []}
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("queue", ["registrations", "polls", "notices"])
def test_a_drop_that_is_not_in_the_ledger(world: World, queue: QueueName, caplog: pytest.LogCaptureFixture) -> None:
    message = {"drop_id": "unknown", "attempt": 1} | ({"generation": 0} if queue == "polls" else {})
    assert logged(world, queue, message, caplog) == ["nothing to do: no such drop is in the ledger"]


@pytest.mark.parametrize("queue", ["registrations", "polls"])
def test_a_drop_that_has_ended(world: World, queue: QueueName, caplog: pytest.LogCaptureFixture) -> None:
    row = ended(world)
    message = {"drop_id": row, "attempt": 1} | ({"generation": 0} if queue == "polls" else {})
    assert logged(world, queue, message, caplog) == ["nothing to do: the message is out of date"]


def test_a_notice_that_was_delivered(world: World, caplog: pytest.LogCaptureFixture) -> None:
    message: dict[str, object] = {"drop_id": ended(world), "attempt": 1}
    assert logged(world, "notices", message, caplog) == ["nothing to do: the notice was delivered"]


def test_a_drop_that_is_not_late(world: World, caplog: pytest.LogCaptureFixture) -> None:
    message: dict[str, object] = {"drop_id": world.accepted().drop_id, "attempt": 1}
    assert logged(world, "notices", message, caplog) == ["nothing to do: the drop has not ended, and is not late"]


def test_a_key_without_an_image(world: World, caplog: pytest.LogCaptureFixture) -> None:
    found = logged(world, "drops", {"bucket": BUCKET, "key": KEY}, caplog)
    assert found == ["nothing to do: no image is there"]


def test_an_ended_drop_whose_files_have_not_changed(world: World, caplog: pytest.LogCaptureFixture) -> None:
    ended(world)
    found = logged(world, "drops", {"bucket": BUCKET, "key": KEY}, caplog)
    assert found == ["nothing to do: the drop has ended, and no file has changed since"]


def ended(world: World) -> str:
    """The id of a drop that has ended and whose notice was delivered."""
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.run()
    assert world.row().end_marked
    return row.drop_id
