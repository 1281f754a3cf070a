"""SQS: the hand-offs between the functions, and what their messages say.

Messages only point at rows: they may be lost, doubled or late, and are checked against the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from botocore.exceptions import ClientError

from imagedrop.ports import QueueName

LONGEST_DELAY = 900  # s; SQS: SendMessage
LONGEST_PUT_BACK = 43_200  # s; SQS: ChangeMessageVisibility
BATCH = 10
QUEUES: tuple[QueueName, ...] = get_args(QueueName)
# The receipt is of an earlier receive, or its message is gone or visible already: there is nothing left to put back.
EXPIRED = ("ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue")


class SqsQueues:
    """`client`: boto3's for SQS; `urls`: where each queue is. Errors pass as botocore's own."""

    def __init__(self, client: Any, urls: Mapping[QueueName, str]) -> None:
        self._client, self._urls = client, urls

    def send(self, queue: QueueName, body: Mapping[str, Any], delay: int = 0) -> None:
        if not 0 <= delay <= LONGEST_DELAY:
            raise ValueError(f"a delay of {delay} s; SQS takes 0 to {LONGEST_DELAY}")
        self._client.send_message(QueueUrl=self._url(queue), MessageBody=_text(body), DelaySeconds=delay)

    def send_many(self, queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        failed: list[int] = []
        for start in range(0, len(bodies), BATCH):
            entries = [
                {"Id": str(start + number), "MessageBody": _text(body)}
                for number, body in enumerate(bodies[start : start + BATCH])
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url(queue), Entries=entries)
            failed += [int(entry["Id"]) for entry in answer.get("Failed", ())]
        return sorted(failed)

    def change_visibility(self, queue: QueueName, receipt: str, seconds: int) -> None:
        wait = max(0, min(LONGEST_PUT_BACK, seconds))
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url(queue), ReceiptHandle=receipt, VisibilityTimeout=wait
            )
        except ClientError as error:
            if not _expired(error):
                raise

    def _url(self, queue: QueueName) -> str:
        url = self._urls.get(queue)
        if not url:
            raise LookupError(f"this function has no {queue} queue: IMAGEDROP_{queue.upper()}_QUEUE is not set")
        return url


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), separators=(",", ":"))  # ASCII: SQS refuses some of Unicode


def _expired(error: Any) -> bool:
    return str(error.response["Error"]["Code"]).removeprefix("AWS.SimpleQueueService.").startswith(EXPIRED)
