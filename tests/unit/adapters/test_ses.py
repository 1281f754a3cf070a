"""Mails through SES."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given

from imagedrop.adapters.ses import SesMail, SilentMail
from imagedrop.ports import MailRefused, ServiceError
from tests.support.hostile import HOSTILE, unprintable
from tests.support.service_calls import aws_client_of
from tests.unit.adapters.recorder import Recorder
from tests.unit.domain.test_email_address import TRICKS


@given(HOSTILE)
def test_mail_subject_is_one_line_of_printable_characters(text: str) -> None:
    client = Recorder()
    SesMail(aws_client_of(client), "f@example.com").send("t@example.com", text, "t", "h")
    sent = client.calls[0]["Content"]["Simple"]["Subject"]["Data"]
    assert not unprintable(sent)
    assert len(sent.splitlines()) <= 1


@pytest.mark.parametrize("to", TRICKS)
def test_mail_to_anything_but_one_bare_address_is_refused(to: str) -> None:
    client = Recorder()
    with pytest.raises(MailRefused, match="not one mail address") as refused:
        SesMail(aws_client_of(client), "f@example.com").send(to, "s", "t", "h")
    assert not unprintable(str(refused.value))
    assert client.calls == []


def test_mail_has_text_and_html_in_utf_8() -> None:
    client = Recorder()
    SesMail(aws_client_of(client), "imagedrop@example.com").send(
        "ada@example.com", "您的镜像\r\nBcc: x", "文", "<p>文</p>"
    )
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
        SesMail(aws_client_of(Recorder(failed(code))), "f@example.com").send("t@example.com", "s", "t", "h")


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "SendingPausedException"])
def test_temporary_ses_error_says_that_the_service_is_busy(code: str) -> None:
    with pytest.raises(ServiceError) as raised:
        SesMail(aws_client_of(Recorder(failed(code))), "f@example.com").send("t@example.com", "s", "t", "h")
    assert (raised.value.kind, raised.value.code) == ("busy", code)


def test_silent_mail_sends_nothing() -> None:
    SilentMail().send("t@example.com", "s", "t", "h")
