"""An SQS queue: received from as an event source mapping does, and emptied to see its content."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

Record = dict[str, Any]
ANSWERS_WITHIN = 5.0  # s; the longest wait for a delayed message


class Queue:
    """`client`: a boto3 client of SQS."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self.url = client, url
        self.arn: str = self._attributes("QueueArn")["QueueArn"]

    def purge(self) -> None:
        self._client.purge_queue(QueueUrl=self.url)

    def send(self, *bodies: Mapping[str, Any] | str) -> None:
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            self._client.send_message(QueueUrl=self.url, MessageBody=text)

    def receive(self, count: int = 1) -> list[Record]:
        """Records as Lambda passes them to a function. Raises TimeoutError if there are fewer."""
        found: list[Record] = []
        end = time.monotonic() + ANSWERS_WITHIN
        while len(found) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(found)} of {count} messages came from {self.url}")
            found += [self._record(message) for message in self._receive()]
        return found

    def apply_response(self, records: Sequence[Record], answer: Any) -> list[Record]:
        """Deletes the records that the function has not reported as failed; returns the failed ones."""
        reported = answer.get("batchItemFailures", ()) if isinstance(answer, dict) else ()
        failed = {item["itemIdentifier"] for item in reported}
        for record in records:
            if record["messageId"] not in failed:
                self._client.delete_message(QueueUrl=self.url, ReceiptHandle=record["receiptHandle"])
        return [record for record in records if record["messageId"] in failed]

    def in_flight(self) -> int:
        return int(self._attributes("ApproximateNumberOfMessagesNotVisible")["ApproximateNumberOfMessagesNotVisible"])

    def make_visible(self, records: Sequence[Record]) -> None:
        """Ends the visibility timeout of the messages."""
        for record in records:
            self._client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=0
            )

    def drain(self) -> list[str]:
        """Deletes all visible and delayed messages; returns their bodies, sorted."""
        bodies = []
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed")
        while any(int(count) for count in self._attributes(*names).values()):
            for message in self._receive():
                bodies.append(message["Body"])
                self._client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return sorted(bodies)

    def _attributes(self, *names: str) -> dict[str, str]:
        answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(names))
        attributes: dict[str, str] = answer["Attributes"]
        return attributes

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=1
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _record(self, message: Mapping[str, Any]) -> Record:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.arn.split(":")[3],
        }
