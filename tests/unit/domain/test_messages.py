"""Queue messages and their parsing, and the SQS adapter that sends them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.adapters.sqs import SqsQueues
from imagedrop.domain.messages import BadMessage, NoticeMessage, PollMessage, RegistrationMessage
from imagedrop.ports import ServiceError
from tests.support.service_calls import aws_client_of


def test_message_is_parsed_from_its_own_body() -> None:
    message = PollMessage(drop_id="d", attempt=2, generation=0)
    assert message.body() == {"drop_id": "d", "attempt": 2, "generation": 0}
    assert PollMessage.parse(message.body()) == message
    assert RegistrationMessage.parse({"drop_id": "d", "attempt": 1, "of a newer version": True}).attempt == 1


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "drop_id"),
        ({"drop_id": "", "attempt": 1}, "drop_id"),
        ({"drop_id": "d", "attempt": 0}, "attempt"),
        ({"drop_id": "d", "attempt": "x"}, "attempt"),
        ({"drop_id": "d", "attempt": 1}, "generation"),
        ([], "body"),
        (None, "body"),
    ],
)
def test_bad_message_names_the_wrong_field(body: Any, named: str) -> None:
    with pytest.raises(BadMessage, match=f"PollMessage: .*{named}"):
        PollMessage.parse(body)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_json_is_parsed_or_refused(body: Any) -> None:
    with contextlib.suppress(BadMessage):
        assert NoticeMessage.parse(body).attempt >= 1


class Sqs:
    """Refuses the entries that hold `bad`; change_message_visibility raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.batches = error, list[int]()

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803
        self.batches.append(len(Entries))
        bad = [{"Id": entry["Id"], "Code": "InternalError"} for entry in Entries if "bad" in entry["MessageBody"]]
        return {"Failed": bad} if bad else {}

    def change_message_visibility(self, **_: Any) -> None:
        if self.error:
            raise self.error


def test_send_many_returns_the_positions_that_sqs_refused() -> None:
    client = Sqs()
    bodies = [{"name": "bad" if number in (0, 9, 10, 24) else "good"} for number in range(25)]
    assert SqsQueues(aws_client_of(client), {"drops": "url"}).send_many("drops", bodies) == [0, 9, 10, 24]
    assert client.batches == [10, 10, 5]


@pytest.mark.parametrize(
    "code", ["ReceiptHandleIsInvalid", "InvalidParameterValue", "AWS.SimpleQueueService.MessageNotInflight"]
)
def test_expired_receipt_is_ignored(code: str) -> None:
    error = ClientError({"Error": {"Code": code}}, "ChangeMessageVisibility")
    SqsQueues(aws_client_of(Sqs(error)), {"polls": "url"}).change_visibility("polls", "receipt", 5)


def test_other_error_of_change_visibility_is_raised() -> None:
    error = ClientError({"Error": {"Code": "AccessDenied"}}, "ChangeMessageVisibility")
    with pytest.raises(ServiceError):
        SqsQueues(aws_client_of(Sqs(error)), {"polls": "url"}).change_visibility("polls", "receipt", 5)


def test_missing_queue_is_named_by_its_setting() -> None:
    with pytest.raises(LookupError, match="IMAGEDROP_POLLS_QUEUE"):
        SqsQueues(aws_client_of(Sqs()), {"drops": "url", "polls": ""}).change_visibility("polls", "receipt", 5)
