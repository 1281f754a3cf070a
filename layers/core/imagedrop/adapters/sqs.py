"""The queues between the functions, in SQS.

Messages only name ledger rows. They may be lost, repeated or late; receivers check them against the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from imagedrop.ports import QueueName, ServiceError

MAX_DELAY = 900  # s; SQS: SendMessage
MAX_VISIBILITY = 43_200  # s; SQS: ChangeMessageVisibility
BATCH_SIZE = 10
QUEUES: tuple[QueueName, ...] = get_args(QueueName)
# The receipt is of an earlier receive, or the message is deleted or already visible: nothing to change.
EXPIRED = ("ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue")


class SqsQueues:
    """`client`: an AwsClient of SQS; `urls`: of each queue. Every method may raise ServiceError."""

    def __init__(self, client: Any, urls: Mapping[QueueName, str]) -> None:
        self._client, self._urls = client, urls

    def send(self, queue: QueueName, body: Mapping[str, Any], delay: int = 0) -> None:
        if not 0 <= delay <= MAX_DELAY:
            raise ValueError(f"the delay is {delay} s; SQS accepts 0 to {MAX_DELAY}")
        self._client.send_message(QueueUrl=self._url(queue), MessageBody=_to_json(body), DelaySeconds=delay)

    def send_many(self, queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        failed: list[int] = []
        for start in range(0, len(bodies), BATCH_SIZE):
            entries = [
                {"Id": str(start + number), "MessageBody": _to_json(body)}
                for number, body in enumerate(bodies[start : start + BATCH_SIZE])
            ]
            response = self._client.send_message_batch(QueueUrl=self._url(queue), Entries=entries)
            failed += [int(entry["Id"]) for entry in response.get("Failed", ())]
        return sorted(failed)

    def change_visibility(self, queue: QueueName, receipt: str, seconds: int) -> None:
        timeout = max(0, min(MAX_VISIBILITY, seconds))
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url(queue), ReceiptHandle=receipt, VisibilityTimeout=timeout
            )
        except ServiceError as error:
            if not error.code.removeprefix("AWS.SimpleQueueService.").startswith(EXPIRED):
                raise

    def change_visibility_of_batch(self, queue: QueueName, receipts: Sequence[str], seconds: int) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": seconds}
            for number, receipt in enumerate(receipts)
        ]
        self._client.change_message_visibility_batch(QueueUrl=self._url(queue), Entries=entries)

    def _url(self, queue: QueueName) -> str:
        url = self._urls.get(queue)
        if not url:
            raise LookupError(f"this function has no {queue} queue: IMAGEDROP_{queue.upper()}_QUEUE is not set")
        return url


def _to_json(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), separators=(",", ":"))  # ASCII, because SQS refuses some Unicode characters
