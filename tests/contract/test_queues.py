"""The contract of the port Queues, for SQS (ministack) and for the fake in memory."""

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
from tests.support.service_calls import aws_client_of

BODY = {"bucket": "drops", "key": "golden/窗 +%\uffff\x01.vhd", "attempt": 1}


@dataclass
class QueuesHarness:
    """The port, and the receiving end of its queue `drops`. `receive`: (receipt, body, receive count) per message."""

    queues: Queues
    receive: Callable[[], list[tuple[str, Any, int]]]
    delete: Callable[[str], None]
    seconds: Callable[[], float]
    wait: Callable[[float], None]

    def wait_and_receive(self) -> list[tuple[str, Any, int]]:
        """Waits for messages and receives them."""
        for _ in range(400):
            if messages := self.receive():
                return messages
            self.wait(0.125)
        raise AssertionError("no message came")


def memory() -> QueuesHarness:
    clock = SettableClock()
    queues = MemoryQueues(clock)
    return QueuesHarness(
        queues,
        lambda: [
            (message.receipt, message.json(), message.receive_count) for message in queues.receive("drops", limit=100)
        ],
        lambda receipt: queues.delete("drops", [receipt.partition("#")[0]]),
        clock.seconds,
        lambda seconds: ignore_result(clock.advance(seconds)),
    )


def sqs(client: Any) -> QueuesHarness:
    url = client.create_queue(QueueName=unique("drops"), Attributes={"VisibilityTimeout": "360"})["QueueUrl"]

    def receive() -> list[tuple[str, Any, int]]:
        messages: list[Any] = []
        while page := client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"], WaitTimeSeconds=0
        ).get("Messages"):
            messages += page
        return [
            (
                message["ReceiptHandle"],
                json.loads(message["Body"]),
                int(message["Attributes"]["ApproximateReceiveCount"]),
            )
            for message in messages
        ]

    def delete(receipt: str) -> None:
        client.delete_message(QueueUrl=url, ReceiptHandle=receipt)

    return QueuesHarness(SqsQueues(aws_client_of(client), {"drops": url}), receive, delete, time.time, time.sleep)


def ignore_result(_: object) -> None:
    pass


@pytest.fixture(params=["memory", "sqs"])
def harness(request: pytest.FixtureRequest) -> QueuesHarness:
    return memory() if request.param == "memory" else sqs(request.getfixturevalue("aws")("sqs"))


def test_message_is_received_as_it_was_sent(harness: QueuesHarness) -> None:
    harness.queues.send("drops", BODY)
    assert [(body, count) for _, body, count in harness.receive()] == [(BODY, 1)]


def test_delayed_message_is_received_after_its_delay(harness: QueuesHarness) -> None:
    start = harness.seconds()
    harness.queues.send("drops", BODY, delay=1)
    assert len(harness.wait_and_receive()) == 1
    assert harness.seconds() - start >= 1


@pytest.mark.parametrize("delay", [-1, 901])
def test_delay_outside_the_limits_of_sqs_is_an_error(harness: QueuesHarness, delay: int) -> None:
    with pytest.raises(ValueError, match="0 to 900"):
        harness.queues.send("drops", BODY, delay=delay)
    assert harness.receive() == []


def test_many_messages_are_all_received(harness: QueuesHarness) -> None:
    assert list(harness.queues.send_many("drops", [{"number": number} for number in range(23)])) == []
    assert sorted(body["number"] for _, body, _ in harness.receive()) == list(range(23))


def test_sending_no_messages_is_no_error(harness: QueuesHarness) -> None:
    assert list(harness.queues.send_many("drops", [])) == []


def test_message_made_visible_again_is_received_with_a_higher_count(harness: QueuesHarness) -> None:
    harness.queues.send("drops", BODY)
    receipt, _, _ = harness.receive()[0]
    start = harness.seconds()
    harness.queues.change_visibility("drops", receipt, 1)
    assert [(body, count) for _, body, count in harness.wait_and_receive()] == [(BODY, 2)]
    assert harness.seconds() - start >= 1


@pytest.mark.parametrize("seconds", [-5, 0])
def test_visibility_of_zero_or_less_makes_the_message_visible_immediately(harness: QueuesHarness, seconds: int) -> None:
    harness.queues.send("drops", BODY)
    harness.queues.change_visibility("drops", harness.receive()[0][0], seconds)
    assert len(harness.receive()) == 1


def test_visibility_over_the_maximum_is_reduced_to_it(harness: QueuesHarness) -> None:
    harness.queues.send("drops", BODY)
    harness.queues.change_visibility("drops", harness.receive()[0][0], 100_000)
    assert harness.receive() == []


def test_several_messages_are_made_visible_again_in_one_call(harness: QueuesHarness) -> None:
    for _ in range(3):
        harness.queues.send("drops", BODY)
    receipts = [receipt for receipt, _, _ in harness.receive()]
    harness.queues.change_visibility_of_batch("drops", [*receipts[:2], "never-was"], 0)
    assert len(harness.receive()) == 2


def test_expired_receipt_is_no_error(harness: QueuesHarness) -> None:
    harness.queues.send("drops", BODY)
    receipt, _, _ = harness.receive()[0]
    harness.delete(receipt)
    harness.queues.change_visibility("drops", receipt, 5)
    harness.queues.change_visibility("drops", "never-was", 5)
    assert harness.receive() == []
