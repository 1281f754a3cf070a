"""poll: follows an import job to its end. Each job has one message, which is put back until then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain.messages import PollMessage
from imagedrop.entry.runtime import invocation
from imagedrop.entry.sqs_batch import process_batch
from imagedrop.ports import Ports
from imagedrop.workflow import poll


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    with invocation(context) as runtime:
        return handle(event, runtime.ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the polls queue: `{"drop_id", "attempt", "generation"}`."""

    def handle_message(message: PollMessage) -> None:
        poll.poll(ports, message.drop_id, message.attempt, message.generation)

    return process_batch(event, "polls", ports, PollMessage.parse, handle_message)
