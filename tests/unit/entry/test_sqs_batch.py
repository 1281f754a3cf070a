"""A batch of messages: each on its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from imagedrop.domain.messages import BadMessage
from imagedrop.entry.sqs_batch import UNREADABLE, batch
from imagedrop.ports import RetryLater
from imagedrop_local.memory import MemoryPorts, memory_ports

Seen = list[tuple[dict[str, Any], int]]


@pytest.fixture
def ports() -> MemoryPorts:
    return memory_ports()


def send(ports: MemoryPorts, *names: str) -> dict[str, Any]:
    for name in names:
        ports.queues.send("polls", {"name": name})
    return ports.queues.event("polls")


def acting(**ways: Callable[[], None]) -> tuple[Callable[[dict[str, Any], str, int], None], Seen]:
    seen: Seen = []

    def handle(body: dict[str, Any], receipt: str, received: int) -> None:
        seen.append((body, received))
        if body["name"] in ways:
            ways[body["name"]]()

    return handle, seen


def raising(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error.with_traceback(None)

    return act


def run(ports: MemoryPorts, event: dict[str, Any], handle: Callable[[dict[str, Any], str, int], None]) -> set[str]:
    """The ids that are reported as failed."""
    answer = batch(event, "polls", ports, handle)
    assert list(answer) == ["batchItemFailures"]
    return {item["itemIdentifier"] for item in answer["batchItemFailures"]}


def test_all_that_went_well_is_not_reported(ports: MemoryPorts) -> None:
    handle, seen = acting()
    assert run(ports, send(ports, "a", "b"), handle) == set()
    assert seen == [({"name": "a"}, 1), ({"name": "b"}, 1)]
    assert ports.queues.visibility_changes == []


def test_a_bad_record_does_not_harm_its_batch(ports: MemoryPorts) -> None:
    event = send(ports, "a", "bad", "b")
    handle, seen = acting(bad=raising(RuntimeError("broken")))
    assert run(ports, event, handle) == {event["Records"][1]["messageId"]}
    assert [body["name"] for body, _ in seen] == ["a", "bad", "b"]


@pytest.mark.parametrize("body", ["", "{", "[]", "7", '"x"', "null", "[" * 5000])
def test_a_body_that_is_no_object_is_a_failure_of_its_own(ports: MemoryPorts, body: str) -> None:
    event = send(ports, "a", "b")
    event["Records"][0]["body"] = body
    handle, seen = acting()
    assert run(ports, event, handle) == {event["Records"][0]["messageId"]}
    assert len(seen) == 1


def test_a_message_that_nobody_can_read_does_not_circle(ports: MemoryPorts) -> None:
    """An older version may have got what a newer one reads: it is given a few turns first."""
    ports.queues.send("polls", {"name": "bad"})
    handle, seen = acting(bad=raising(BadMessage("no drop_id")))
    while ports.queues.next_at() is not None:
        event = ports.queues.event("polls")
        ports.queues.apply_response("polls", event, batch(event, "polls", ports, handle))
        ports.clock.advance(900)
    assert len(seen) == UNREADABLE
    assert ports.meter.counts == {"MessagesUnreadable": 1}


def test_a_batch_that_fails_whole_is_reported_and_not_raised(ports: MemoryPorts) -> None:
    event = send(ports, "bad")
    handle, _ = acting(bad=raising(RuntimeError("broken")))
    assert len(run(ports, event, handle)) == 1


def test_an_event_without_records_is_nothing_to_do(ports: MemoryPorts) -> None:
    assert batch({}, "polls", ports, acting()[0]) == {"batchItemFailures": []}


def test_a_message_that_is_put_back_comes_again_when_it_said(ports: MemoryPorts) -> None:
    event = send(ports, "pending")
    handle, seen = acting(pending=raising(RetryLater(60.4)))
    failed = run(ports, event, handle)
    assert failed == {event["Records"][0]["messageId"]}
    assert ports.queues.visibility_changes == [("polls", 61)]
    assert ports.meter.counts == {}
    ports.clock.advance(60)
    assert ports.queues.event("polls")["Records"] == []
    ports.clock.advance(1)
    run(ports, ports.queues.event("polls"), handle)
    assert [received for _, received in seen] == [1, 2]


def test_what_fails_again_and_again_waits_longer_and_longer_but_not_for_ever(ports: MemoryPorts) -> None:
    handle, _ = acting(bad=raising(RuntimeError("broken")))
    ports.queues.send("polls", {"name": "bad"})
    for _ in range(12):
        ports.clock.advance(1000)
        run(ports, ports.queues.event("polls"), handle)
    waits = [seconds for _, seconds in ports.queues.visibility_changes]
    assert 5 <= waits[0] <= 10
    assert waits[3] > waits[0] * 4
    assert all(600 <= wait <= 900 for wait in waits[8:])
    assert len(set(waits[8:])) > 1
    assert ports.meter.counts["RecordsFailed"] == 12


def test_a_failure_is_logged_with_its_trace_and_a_put_back_is_not(
    ports: MemoryPorts, caplog: pytest.LogCaptureFixture
) -> None:
    handle, _ = acting(bad=raising(RuntimeError("broken")), pending=raising(RetryLater(1)))
    with caplog.at_level(logging.WARNING):
        run(ports, send(ports, "pending", "bad"), handle)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "broken" in str(record.exc_info[1])
    assert json.loads(record.__dict__["body"]) == {"name": "bad"}


def test_a_message_that_cannot_be_put_back_is_reported_all_the_same(ports: MemoryPorts) -> None:
    ports.queues.fail("change_visibility", RuntimeError("SQS is away"), RuntimeError("SQS is away"))
    event = send(ports, "pending", "bad", "good")
    handle, seen = acting(bad=raising(RuntimeError("broken")), pending=raising(RetryLater(1)))
    assert run(ports, event, handle) == {record["messageId"] for record in event["Records"][:2]}
    assert len(seen) == 3
