"""Batches of SQS messages: each message succeeds, fails and is retried by itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from imagedrop.domain.messages import BadMessage
from imagedrop.entry.sqs_batch import GIVEN_BACK_WAIT, MAX_UNREADABLE_RECEIVES, NEEDED, process_batch
from imagedrop.observability import current_log_fields, log_fields
from imagedrop.ports import OutOfTime, RetryLater
from imagedrop_local.memory import MemoryPorts, memory_ports

Body = dict[str, Any]
Handle = Callable[[Body], None]


@pytest.fixture
def ports() -> MemoryPorts:
    return memory_ports()


def send(ports: MemoryPorts, *names: str) -> dict[str, Any]:
    for name in names:
        ports.queues.send("polls", {"name": name})
    return ports.queues.event("polls")


def raising(**errors: Exception) -> tuple[Handle, list[str]]:
    """A handler that raises these errors for messages of these names; and the names that it got."""
    names: list[str] = []

    def handle(body: Body) -> None:
        names.append(body["name"])
        if body["name"] in errors:
            raise errors[body["name"]].with_traceback(None)

    return handle, names


def run(ports: MemoryPorts, event: dict[str, Any], handle: Handle) -> set[str]:
    """The ids that are reported as failed."""
    answer = process_batch(event, "polls", ports, dict, handle)
    assert list(answer) == ["batchItemFailures"]
    return {item["itemIdentifier"] for item in answer["batchItemFailures"]}


def test_messages_that_succeed_are_not_reported(ports: MemoryPorts) -> None:
    handle, names = raising()
    assert run(ports, send(ports, "a", "b"), handle) == set()
    assert names == ["a", "b"]
    assert ports.queues.visibility_changes == []


def test_a_message_that_fails_is_reported_and_the_others_are_handled(ports: MemoryPorts) -> None:
    event = send(ports, "a", "bad", "b")
    handle, names = raising(bad=RuntimeError("broken"))
    assert run(ports, event, handle) == {event["Records"][1]["messageId"]}
    assert names == ["a", "bad", "b"]


@pytest.mark.parametrize("body", ["", "{", "[]", "7", '"x"', "null", "[" * 5000])
def test_a_body_that_is_no_json_object_fails_alone(ports: MemoryPorts, body: str) -> None:
    event = send(ports, "a", "b")
    event["Records"][0]["body"] = body
    handle, names = raising()
    assert run(ports, event, handle) == {event["Records"][0]["messageId"]}
    assert len(names) == 1


def test_a_message_that_cannot_be_read_is_deleted_after_five_receives(ports: MemoryPorts) -> None:
    ports.queues.send("polls", {"name": "bad"})
    handle, names = raising(bad=BadMessage("no drop_id"))
    while ports.queues.next_at() is not None:
        event = ports.queues.event("polls")
        ports.queues.apply_response("polls", event, process_batch(event, "polls", ports, dict, handle))
        ports.clock.advance(900)
    assert len(names) == MAX_UNREADABLE_RECEIVES
    assert ports.meter.counts == {"MessagesUnreadable": 1}


def test_a_batch_of_failures_only_is_reported_and_raises_nothing(ports: MemoryPorts) -> None:
    event = send(ports, "bad")
    handle, _ = raising(bad=RuntimeError("broken"))
    assert len(run(ports, event, handle)) == 1


def test_an_event_without_records_has_no_failures(ports: MemoryPorts) -> None:
    assert process_batch({}, "polls", ports, dict, raising()[0]) == {"batchItemFailures": []}


def test_a_message_to_retry_later_comes_again_after_that_time(ports: MemoryPorts) -> None:
    event = send(ports, "pending")
    handle, names = raising(pending=RetryLater(60.4))
    failed = run(ports, event, handle)
    assert failed == {event["Records"][0]["messageId"]}
    assert ports.queues.visibility_changes == [("polls", 61)]
    assert ports.meter.counts == {}
    ports.clock.advance(60)
    assert ports.queues.event("polls")["Records"] == []
    ports.clock.advance(1)
    run(ports, ports.queues.event("polls"), handle)
    assert names == ["pending", "pending"]


def test_a_message_that_keeps_failing_waits_longer_each_time_up_to_15_minutes(ports: MemoryPorts) -> None:
    handle, _ = raising(bad=RuntimeError("broken"))
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


def test_a_failure_is_logged_with_its_traceback_and_a_retry_later_is_not(
    ports: MemoryPorts, caplog: pytest.LogCaptureFixture
) -> None:
    handle, _ = raising(bad=RuntimeError("broken"), pending=RetryLater(1))
    with caplog.at_level(logging.WARNING):
        run(ports, send(ports, "pending", "bad"), handle)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "broken" in str(record.exc_info[1])
    assert json.loads(record.__dict__["body"]) == {"name": "bad"}


def test_a_message_is_reported_even_if_its_visibility_timeout_cannot_be_changed(ports: MemoryPorts) -> None:
    ports.queues.fail("change_visibility", RuntimeError("SQS is away"), RuntimeError("SQS is away"))
    event = send(ports, "pending", "bad", "good")
    handle, names = raising(bad=RuntimeError("broken"), pending=RetryLater(1))
    assert run(ports, event, handle) == {record["messageId"] for record in event["Records"][:2]}
    assert len(names) == 3


class Watch:
    """`time_left` of an invocation; each message takes `seconds`."""

    def __init__(self, left: float) -> None:
        self.left = left

    def __call__(self) -> float:
        return self.left


@pytest.fixture
def watch() -> Watch:
    return Watch(120)


def test_a_batch_stops_when_the_next_message_may_not_fit_and_gives_the_rest_back(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    ports, names = memory_ports(time_left=watch), list[str]()
    event = send(ports, *"abcdefghij")

    def handle(body: Body) -> None:
        names.append(body["name"])
        watch.left -= 15

    with caplog.at_level(logging.INFO):
        failed = run(ports, event, handle)
    done = len(names)
    assert 1 < done < 10
    assert watch.left + 15 >= NEEDED["polls"] > watch.left
    assert failed == {record["messageId"] for record in event["Records"][done:]}
    assert ports.queues.visibility_changes == [("polls", GIVEN_BACK_WAIT)] * (10 - done)
    assert ports.queues.calls["change_visibility_of_batch"] == 1
    assert ports.meter.counts == {}
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_the_first_message_of_a_batch_is_begun_however_little_time_is_left(watch: Watch) -> None:
    ports, watch.left = memory_ports(time_left=watch), 0.5
    handle, names = raising()
    run(ports, send(ports, "a", "b"), handle)
    assert names == ["a"]


def test_a_message_that_runs_out_of_time_comes_again_soon_and_is_no_failure(
    ports: MemoryPorts, caplog: pytest.LogCaptureFixture
) -> None:
    event = send(ports, "slow")
    handle, _ = raising(slow=OutOfTime("too late"))
    with caplog.at_level(logging.INFO):
        assert run(ports, event, handle) == {event["Records"][0]["messageId"]}
    ((_, wait),) = ports.queues.visibility_changes
    assert 5 <= wait <= 10
    assert ports.meter.counts == {}
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_messages_are_given_back_even_if_no_time_is_left_to_say_so(watch: Watch) -> None:
    ports = memory_ports(time_left=watch)
    ports.queues.fail("change_visibility_of_batch", OutOfTime("too late"))
    watch.left, event = 1, send(ports, "a", "b")
    assert run(ports, event, raising()[0]) == {event["Records"][1]["messageId"]}


def test_the_log_fields_of_a_message_end_with_it(ports: MemoryPorts) -> None:
    for body in ({"drop_id": "a"}, {"drop_id": "b"}, {"bucket": "drops"}):
        ports.queues.send("polls", body)
    fields: list[Body] = []
    with log_fields(function_request_id="request-1"):
        event = ports.queues.event("polls")
        process_batch(event, "polls", ports, dict, lambda _: fields.append(current_log_fields()))
    assert [field.get("drop_id") for field in fields] == ["a", "b", None]
    assert {field["function_request_id"] for field in fields} == {"request-1"}
