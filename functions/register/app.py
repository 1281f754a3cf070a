"""register: exactly one IMS image per drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain.messages import RegistrationMessage
from imagedrop.entry.sqs_batch import batch
from imagedrop.ports import Ports
from imagedrop.workflow import register


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.entry.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the registrations queue: `{"drop_id", "attempt"}`."""

    def one(body: dict[str, Any], receipt: str, received: int) -> None:
        message = RegistrationMessage.parse(body)
        register.register(ports, message.drop_id, message.attempt)

    return batch(event, "registrations", ports, one)
