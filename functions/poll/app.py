"""poll: follows a job to its end, one message per job, put back until then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain.messages import PollMessage
from imagedrop.entry.sqs_batch import batch
from imagedrop.ports import Ports
from imagedrop.workflow import poll


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.entry.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the polls queue: `{"drop_id", "attempt", "generation"}`."""

    def one(body: dict[str, Any], receipt: str, received: int) -> None:
        message = PollMessage.parse(body)
        poll.poll(ports, message.drop_id, message.attempt, message.generation)

    return batch(event, "polls", ports, one)
