"""Messages reach the functions, wait, are received again and become dead letters, as on AWS."""

import json

from imagedrop_local.stack.stack import Stack
from tests.integration.stack.helpers import message_count, recorded, send
from tests.support.waiting import until


def test_a_message_reaches_its_function(stack: Stack) -> None:
    for queue in stack.outputs.queues:
        send(stack, queue, {"case": "arrives", "name": queue})
    lines = until(lambda: found if len(found := recorded(stack, "arrives")) == 4 else None)
    assert {line["name"] for line in lines} == set(stack.outputs.queues)


def test_only_the_failed_message_of_a_batch_is_received_again(stack: Stack) -> None:
    bad = {"case": "batch", "name": "bad", "fails": 1, "seconds": 0}
    send(stack, "notices", {"case": "batch", "name": "a"}, bad, {"case": "batch", "name": "b"})
    lines = until(lambda: found if len(found := recorded(stack, "batch")) >= 4 else None)
    assert sorted((line["name"], line["count"]) for line in lines) == [
        ("a", 1),
        ("b", 1),
        ("bad", 1),
        ("bad", 2),
    ]
    until(lambda: message_count(stack, "notices") == 0)


def test_a_returned_message_is_received_again_after_its_visibility_timeout(stack: Stack) -> None:
    send(stack, "polls", {"case": "waits", "fails": 1, "seconds": 2})
    first, second = until(lambda: found if len(found := recorded(stack, "waits")) == 2 else None)
    assert second["at"] - first["at"] > 1.9  # `until` waits less than the queue's visibility timeout


def test_a_message_that_always_fails_becomes_a_dead_letter(stack: Stack) -> None:
    sqs, queue = stack.client("sqs"), stack.outputs.queues["drops"]
    dead = stack.outputs.dead_letters["drops"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive_policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": redrive_policy})
    send(stack, "drops", {"case": "poison", "fails": 99, "seconds": 0})
    (letter,) = until(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"))
    assert json.loads(letter["Body"])["case"] == "poison"
    assert [line["count"] for line in recorded(stack, "poison")] == [1, 2, 3]
