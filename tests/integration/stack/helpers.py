"""What the tests of the stack share: probes in place of functions, and how to ask them."""

import json
from pathlib import Path
from typing import Any

from imagedrop_local.stack.stack import Stack


def make(folder: Path, project: Path, **more: Any) -> Stack:
    given = {"port": 0, "parameters": {}, "credentials": {"ak": "AK", "sk": "SK"}, "webhook_secret": "hook"}
    return Stack(folder, source=project, **{**given, **more})


def send(stack: Stack, queue: str, *orders: dict[str, Any]) -> None:
    """One call, so that they come in one batch; an order may have a `delay` (s)."""
    entries = [
        {"Id": str(at), "DelaySeconds": order.get("delay", 0), "MessageBody": json.dumps({**order, "queue": queue})}
        for at, order in enumerate(orders)
    ]
    stack.client("sqs").send_message_batch(QueueUrl=stack.outputs.queues[queue], Entries=entries)


def said(stack: Stack, case: str) -> list[dict[str, Any]]:
    """What probes have said of a case so far, in order of time; on the same folder in an earlier stack too."""
    file = stack._ministack.folder / "probes"
    whole = file.read_text().rpartition("\n")[0] if file.exists() else ""
    lines = map(json.loads, whole.splitlines())
    return sorted((line for line in lines if line["case"] == case), key=lambda line: line["at"])


def held(stack: Stack, queue: str) -> int:
    """The messages that a queue still has, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = stack.client("sqs").get_queue_attributes(QueueUrl=stack.outputs.queues[queue], AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)
