"""Helpers for the tests of the stack: starts it, sends messages to the probes, reads what they recorded."""

import json
from pathlib import Path
from typing import Any

from imagedrop_local.stack import secrets
from imagedrop_local.stack.stack import Stack

SETTINGS = {"region": "cn-north-4", "project_id": "0" * 32, "drop_bucket": "drops", "declarations_accepted": True}
SECRETS = {secrets.HUAWEI: json.dumps({"ak": "AK", "sk": "SK"}), secrets.WEBHOOK: "hook"}


def probe_stack(folder: Path, project: Path, **more: Any) -> Stack:
    settings = SETTINGS | more.pop("settings", {})
    return Stack(folder, source=project, settings=settings, **{"port": 0, "secrets": SECRETS, **more})


def send(stack: Stack, queue: str, *messages: dict[str, Any]) -> None:
    """Sends in one call, so that the messages arrive as one batch. A message may have a `delay` in seconds."""
    entries = [
        {
            "Id": str(number),
            "DelaySeconds": message.get("delay", 0),
            "MessageBody": json.dumps({**message, "queue": queue}),
        }
        for number, message in enumerate(messages)
    ]
    stack.client("sqs").send_message_batch(QueueUrl=stack.outputs.queues[queue], Entries=entries)


def recorded(stack: Stack, case: str) -> list[dict[str, Any]]:
    """The lines that probes recorded for a case, by time; also those of an earlier stack on the same folder."""
    file = stack._ministack.folder / "probes"
    lines_so_far = file.read_text().rpartition("\n")[0] if file.exists() else ""
    lines = map(json.loads, lines_so_far.splitlines())
    return sorted((line for line in lines if line["case"] == case), key=lambda line: line["at"])


def message_count(stack: Stack, queue: str) -> int:
    """The number of messages in a queue, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = stack.client("sqs").get_queue_attributes(QueueUrl=stack.outputs.queues[queue], AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)
