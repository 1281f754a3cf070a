"""poll: follows a job to its end, one message per job, put back until then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop import polling
from imagedrop.batch import batch
from imagedrop.ports import Ports
from imagedrop.queues import PollMessage


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the polls queue: `{"drop_id", "attempt", "generation"}`."""

    def one(body: dict[str, Any], receipt: str, received: int) -> None:
        message = PollMessage.parse(body)
        polling.poll(ports, message.drop_id, message.attempt, message.generation)

    return batch(event, "polls", ports, one)
