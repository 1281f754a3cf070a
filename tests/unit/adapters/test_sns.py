"""Notices through SNS."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imagedrop.adapters.sns import SnsTopic
from tests.support.hostile import HOSTILE, unprintable
from tests.unit.adapters.recorder import Recorder


def test_sns_message_has_its_attributes_as_strings() -> None:
    client = Recorder()
    SnsTopic(client, "arn").publish("s", "{}", {"stage": "registered", "owner": "", "bucket": "窗"})
    (call,) = client.calls
    assert (call["TopicArn"], call["Subject"], call["Message"]) == ("arn", "s", "{}")
    assert call["MessageAttributes"] == {
        "stage": {"DataType": "String", "StringValue": "registered"},
        "bucket": {"DataType": "String", "StringValue": "窗"},
    }


@given(st.text(st.characters(), max_size=300) | HOSTILE)
def test_any_subject_is_made_valid_for_sns(subject: str) -> None:
    client = Recorder()
    SnsTopic(client, "arn").publish(subject, "{}", {})
    sent = client.calls[0]["Subject"]
    assert 0 < len(sent) < 100
    assert sent.isascii()
    assert sent.strip() == sent
    assert sent.isprintable()


@given(HOSTILE)
def test_sns_attribute_has_only_printable_characters(text: str) -> None:
    client = Recorder()
    SnsTopic(client, "arn").publish("s", "{}", {"bucket": text})
    assert not unprintable(client.calls[0]["MessageAttributes"]["bucket"]["StringValue"])
