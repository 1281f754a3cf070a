"""register: makes exactly one IMS image per drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain.messages import RegistrationMessage
from imagedrop.entry.runtime import invocation
from imagedrop.entry.sqs_batch import process_batch
from imagedrop.ports import Ports
from imagedrop.workflow.register import register


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    with invocation(context) as runtime:
        return handle(event, runtime.ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the registrations queue: `{"drop_id", "attempt"}`."""

    def handle_message(message: RegistrationMessage) -> None:
        register.register(ports, message.drop_id, message.attempt)

    return process_batch(event, "registrations", ports, RegistrationMessage.parse, handle_message)
