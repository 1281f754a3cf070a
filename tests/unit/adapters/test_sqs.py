"""Answers of SQS that ministack does not give."""

from __future__ import annotations

from typing import Any

from imagedrop.adapters.sqs import SqsQueues


class Failing:
    """Takes a part of each batch, and names the rest in any order."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        ids = [entry["Id"] for entry in request["Entries"]]
        self.batches.append(ids)
        return {"Failed": [{"Id": each} for each in reversed(ids) if int(each) % 4 == 1]}


def test_messages_that_were_not_taken_are_named_in_their_order() -> None:
    client = Failing()
    failed = SqsQueues(client, {"drops": "url"}).send_many("drops", [{"n": number} for number in range(14)])
    assert failed == [1, 5, 9, 13]
    assert client.batches == [[str(number) for number in range(10)], [str(number) for number in range(10, 14)]]
