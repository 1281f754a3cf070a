"""SNS, SES and metrics."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.adapters.metrics import EmfMeter
from imagedrop.adapters.ses import SesMail, SilentMail
from imagedrop.adapters.sns import SnsTopic
from imagedrop.ports import MailRefused
from tests.support.hostile import HOSTILE, unprintable
from tests.unit.domain.test_email_address import TRICKS


class Recorder:
    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> None:
            self.calls.append(arguments)
            if self._error:
                raise self._error

        return call


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


@given(HOSTILE)
def test_mail_subject_is_one_line_of_printable_characters(text: str) -> None:
    client = Recorder()
    SesMail(client, "f@example.com").send("t@example.com", text, "t", "h")
    sent = client.calls[0]["Content"]["Simple"]["Subject"]["Data"]
    assert not unprintable(sent)
    assert len(sent.splitlines()) <= 1


@pytest.mark.parametrize("to", TRICKS)
def test_mail_to_anything_but_one_bare_address_is_refused(to: str) -> None:
    client = Recorder()
    with pytest.raises(MailRefused, match="not one mail address") as refused:
        SesMail(client, "f@example.com").send(to, "s", "t", "h")
    assert not unprintable(str(refused.value))
    assert client.calls == []


def test_mail_has_text_and_html_in_utf_8() -> None:
    client = Recorder()
    SesMail(client, "imagedrop@example.com").send("ada@example.com", "您的镜像\r\nBcc: x", "文", "<p>文</p>")
    (call,) = client.calls
    simple = call["Content"]["Simple"]
    assert (call["FromEmailAddress"], call["Destination"]) == (
        "imagedrop@example.com",
        {"ToAddresses": ["ada@example.com"]},
    )
    assert simple["Subject"] == {"Data": "您的镜像 Bcc: x", "Charset": "UTF-8"}
    assert simple["Body"] == {
        "Text": {"Data": "文", "Charset": "UTF-8"},
        "Html": {"Data": "<p>文</p>", "Charset": "UTF-8"},
    }


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "message"}}, "SendEmail")


@pytest.mark.parametrize(
    "code",
    ["MessageRejected", "MailFromDomainNotVerifiedException", "AccountSuspendedException", "BadRequestException"],
)
def test_permanent_ses_error_raises_mail_refused(code: str) -> None:
    with pytest.raises(MailRefused, match=f"{code}: message"):
        SesMail(Recorder(failed(code)), "f@example.com").send("t@example.com", "s", "t", "h")


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "SendingPausedException"])
def test_temporary_ses_error_is_raised_unchanged(code: str) -> None:
    with pytest.raises(ClientError):
        SesMail(Recorder(failed(code)), "f@example.com").send("t@example.com", "s", "t", "h")


def test_silent_mail_sends_nothing() -> None:
    SilentMail().send("t@example.com", "s", "t", "h")


def test_count_prints_one_line_in_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMeter("imagedrop-dev").count("Held", 3)
    line = json.loads(capsys.readouterr().out)
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("imagedrop", [["service"]])
    assert (line["service"], line["Held"]) == ("imagedrop-dev", [3.0])
