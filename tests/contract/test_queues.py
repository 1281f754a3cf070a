"""The queues' contract, held by SQS (ministack) and by the queues in memory."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from imagedrop.adapters.sqs import SqsQueues
from imagedrop.ports import Queues
from imagedrop_local.memory import MemoryQueues, SettableClock
from tests.contract.clouds import unique

BODY = {"bucket": "drops", "key": "golden/窗 +%\uffff\x01.vhd", "attempt": 1}


@dataclass
class Side:
    """A port, and the other end of its `drops` queue. `receive`: (receipt, body, how often) of what is visible."""

    queues: Queues
    receive: Callable[[], list[tuple[str, Any, int]]]
    delete: Callable[[str], None]
    seconds: Callable[[], float]
    wait: Callable[[float], None]

    def arrival(self) -> list[tuple[str, Any, int]]:
        """What is received, once there is anything."""
        for _ in range(400):
            if got := self.receive():
                return got
            self.wait(0.125)
        raise AssertionError("nothing came")


def memory() -> Side:
    clock = SettableClock()
    queues = MemoryQueues(clock)
    return Side(
        queues,
        lambda: [(one.receipt, one.json(), one.receive_count) for one in queues.receive("drops", limit=100)],
        lambda receipt: queues.delete("drops", [receipt.partition("#")[0]]),
        clock.seconds,
        lambda seconds: void(clock.advance(seconds)),
    )


def sqs(client: Any) -> Side:
    url = client.create_queue(QueueName=unique("drops"), Attributes={"VisibilityTimeout": "360"})["QueueUrl"]

    def receive() -> list[tuple[str, Any, int]]:
        got: list[Any] = []
        while page := client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"], WaitTimeSeconds=0
        ).get("Messages"):
            got += page
        return [
            (one["ReceiptHandle"], json.loads(one["Body"]), int(one["Attributes"]["ApproximateReceiveCount"]))
            for one in got
        ]

    def delete(receipt: str) -> None:
        client.delete_message(QueueUrl=url, ReceiptHandle=receipt)

    return Side(SqsQueues(client, {"drops": url}), receive, delete, time.time, time.sleep)


def void(_: object) -> None:
    pass


@pytest.fixture(params=["memory", "sqs"])
def side(request: pytest.FixtureRequest) -> Side:
    return memory() if request.param == "memory" else sqs(request.getfixturevalue("aws")("sqs"))


def test_message_is_received_as_it_was_sent(side: Side) -> None:
    side.queues.send("drops", BODY)
    assert [(body, count) for _, body, count in side.receive()] == [(BODY, 1)]


def test_delayed_message_is_received_after_its_delay(side: Side) -> None:
    start = side.seconds()
    side.queues.send("drops", BODY, delay=1)
    assert len(side.arrival()) == 1
    assert side.seconds() - start >= 1


@pytest.mark.parametrize("delay", [-1, 901])
def test_delay_outside_the_limits_of_sqs_is_an_error(side: Side, delay: int) -> None:
    with pytest.raises(ValueError, match="0 to 900"):
        side.queues.send("drops", BODY, delay=delay)
    assert side.receive() == []


def test_many_messages_are_all_received(side: Side) -> None:
    assert list(side.queues.send_many("drops", [{"number": number} for number in range(23)])) == []
    assert sorted(body["number"] for _, body, _ in side.receive()) == list(range(23))


def test_sending_no_messages_is_no_error(side: Side) -> None:
    assert list(side.queues.send_many("drops", [])) == []


def test_message_made_visible_again_is_received_with_a_higher_count(side: Side) -> None:
    side.queues.send("drops", BODY)
    receipt, _, _ = side.receive()[0]
    start = side.seconds()
    side.queues.change_visibility("drops", receipt, 1)
    assert [(body, count) for _, body, count in side.arrival()] == [(BODY, 2)]
    assert side.seconds() - start >= 1


@pytest.mark.parametrize("seconds", [-5, 0])
def test_visibility_of_zero_or_less_makes_the_message_visible_immediately(side: Side, seconds: int) -> None:
    side.queues.send("drops", BODY)
    side.queues.change_visibility("drops", side.receive()[0][0], seconds)
    assert len(side.receive()) == 1


def test_visibility_over_the_maximum_is_reduced_to_it(side: Side) -> None:
    side.queues.send("drops", BODY)
    side.queues.change_visibility("drops", side.receive()[0][0], 100_000)
    assert side.receive() == []


def test_expired_receipt_is_no_error(side: Side) -> None:
    side.queues.send("drops", BODY)
    receipt, _, _ = side.receive()[0]
    side.delete(receipt)
    side.queues.change_visibility("drops", receipt, 5)
    side.queues.change_visibility("drops", "never-was", 5)
    assert side.receive() == []
