"""notify: result file, SNS message and mail for every end of a drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain.messages import NoticeMessage
from imagedrop.entry.sqs_batch import batch
from imagedrop.ports import Ports
from imagedrop.workflow import notify


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.entry.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the notices queue: `{"drop_id", "attempt"}`."""

    def one(body: dict[str, Any], receipt: str, received: int) -> None:
        message = NoticeMessage.parse(body)
        notify.notify(ports, message.drop_id, message.attempt)

    return batch(event, "notices", ports, one)
