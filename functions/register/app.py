"""register: exactly one IMS image per drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop import registration
from imagedrop.batch import batch
from imagedrop.ports import Ports
from imagedrop.queues import RegistrationMessage


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the registrations queue: `{"drop_id", "attempt"}`."""

    def one(body: dict[str, Any], receipt: str, received: int) -> None:
        message = RegistrationMessage.parse(body)
        registration.register(ports, message.drop_id, message.attempt)

    return batch(event, "registrations", ports, one)
