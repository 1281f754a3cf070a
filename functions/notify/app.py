"""notify: writes the result file, the SNS message and the mail for each drop that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.domain.messages import NoticeMessage
from imagedrop.entry.runtime import invocation
from imagedrop.entry.sqs_batch import process_batch
from imagedrop.ports import Ports
from imagedrop.workflow import notify


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    with invocation(context) as runtime:
        return handle(event, runtime.ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the notices queue: `{"drop_id", "attempt"}`."""

    def handle_message(message: NoticeMessage) -> None:
        notify.notify(ports, message.drop_id, message.attempt)

    return process_batch(event, "notices", ports, NoticeMessage.parse, handle_message)
