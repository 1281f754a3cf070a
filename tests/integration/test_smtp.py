"""Mails through SMTP: the mail itself, and what each failure of a server means."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import given

from imagedrop.adapters import smtp, time_limits
from imagedrop.adapters.calls import KINDS
from imagedrop.adapters.secrets import SmtpLogin
from imagedrop.adapters.smtp import SmtpMail, SmtpServer
from imagedrop.ports import MailRefused, OutOfTime, ServiceError
from tests.support.hostile import HOSTILE, unprintable
from tests.support.peer import certificate
from tests.support.service_calls import quick_calls
from tests.support.smtp_server import CLOSE, HANG, TRICKLE, Moment, ScriptedSmtp
from tests.unit.domain.test_email_address import TRICKS

LOGIN = SmtpLogin("ada", "pass")
BEFORE: tuple[Moment, ...] = ("greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA")


def send(server: ScriptedSmtp, *, login: SmtpLogin | None = LOGIN, subject: str = "s", text: str = "t") -> None:
    where = SmtpServer("127.0.0.1", server.port, "none", login)
    SmtpMail(lambda: where, "from@example.com", quick_calls()).send("to@example.com", subject, text, "<p>h</p>")


def parsed(server: ScriptedSmtp) -> EmailMessage:
    [mail] = server.mails
    found = email.message_from_string(mail, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def content(mail: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def test_mail_has_text_and_html_and_the_headers_of_an_automatic_mail() -> None:
    with ScriptedSmtp() as server:
        send(server, subject="您的镜像\r\nBcc: x", text="文\n.\n..end\n")
        mail = parsed(server)
    assert (mail["From"], mail["To"], mail["Subject"]) == ("from@example.com", "to@example.com", "您的镜像 Bcc: x")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Date"].datetime is not None
    assert (content(mail, "plain"), content(mail, "html")) == ("文\n.\n..end\n", "<p>h</p>\n")
    assert server.mails[0].isascii(), "the server did not say that it takes 8-bit text"
    assert all(len(line) <= 998 for line in server.mails[0].splitlines())


def test_long_lines_are_wrapped() -> None:
    with ScriptedSmtp() as server:
        send(server, text="x" * 5000)
        assert content(parsed(server), "plain") == "x" * 5000 + "\n"
    assert all(len(line) <= 998 for line in server.mails[0].splitlines())


@given(HOSTILE)
def test_subject_is_one_line_of_printable_characters(subject: str) -> None:
    mail = smtp._message("from@example.com", "to@example.com", subject, "t", "h")
    again = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert not unprintable(again["Subject"])
    assert set(again.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip


@pytest.mark.parametrize("to", TRICKS)
def test_mail_to_anything_but_one_bare_address_is_refused(to: str) -> None:
    with ScriptedSmtp() as server:
        mail = SmtpMail(lambda: SmtpServer("127.0.0.1", server.port, "none"), "f@example.com", quick_calls())
        with pytest.raises(MailRefused, match="not one mail address") as refused:
            mail.send(to, "s", "t", "h")
        assert server.connections == 0
    assert not unprintable(str(refused.value))


# --- answers


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "text"])
def test_permanent_answer_refuses_the_mail(moment: Moment) -> None:
    with ScriptedSmtp({moment: "550 5.1.1 no such\x1b user"}) as server:
        with pytest.raises(MailRefused, match=re.escape("550: 5.1.1 no such\ufffd user")):
            send(server)
        assert server.connections == 1


@pytest.mark.parametrize("moment", ["greeting", "AUTH", "MAIL", "RCPT", "DATA", "text"])
def test_temporary_answer_means_busy_and_is_tried_again(moment: Moment) -> None:
    with ScriptedSmtp({moment: "451 4.3.0 later"}) as server:
        with pytest.raises(ServiceError) as raised:
            send(server)
        assert (raised.value.kind, raised.value.code, server.connections) == ("busy", "451", 3)
    assert len(server.mails) == (3 if moment == "text" else 0)


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("greeting", "554 go away"),
        ("AUTH", "535 5.7.8 wrong password"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("RCPT", "530 5.7.0 authentication required"),
    ],
)
def test_error_that_an_operator_corrects_leaves_the_mail_to_be_sent(moment: Moment, answer: str) -> None:
    with ScriptedSmtp({moment: answer}) as server:
        with pytest.raises(ServiceError) as raised:
            send(server)
        assert (raised.value.kind, raised.value.code, server.connections) == ("refused", answer[:3], 1)


def test_login_or_encryption_that_the_server_lacks_is_refused() -> None:
    with ScriptedSmtp({"EHLO": "250 smtp.example.com"}) as server:
        with pytest.raises(ServiceError, match="AUTH extension not supported") as raised:
            send(server)
        assert raised.value.kind == "refused"
        secure = SmtpServer("127.0.0.1", server.port, "starttls", LOGIN)
        with pytest.raises(ServiceError, match="STARTTLS extension not supported") as raised:
            SmtpMail(lambda: secure, "f@example.com", quick_calls()).send("to@example.com", "s", "t", "h")
        assert raised.value.kind == "refused"


# --- failures


@pytest.mark.parametrize("moment", BEFORE)
@pytest.mark.parametrize("failure", [CLOSE, "junk"])
def test_connection_that_fails_before_the_text_leaves_the_mail_undelivered(moment: Moment, failure: str) -> None:
    with ScriptedSmtp({moment: failure}) as server:
        with pytest.raises(ServiceError) as raised:
            send(server)
        assert (raised.value.kind, server.connections, server.mails) == ("undelivered", 3, [])


@pytest.mark.parametrize("failure", [CLOSE, "junk"])
def test_connection_that_fails_after_the_text_leaves_the_outcome_unknown(failure: str) -> None:
    with ScriptedSmtp({"text": failure}) as server:
        with pytest.raises(ServiceError) as raised:
            send(server)
        assert (raised.value.kind, len(server.mails)) == ("unknown", 1), "one mail, and no second try"


@pytest.mark.parametrize("moment", [*BEFORE, "text"])
@pytest.mark.parametrize("failure", [HANG, TRICKLE])
def test_server_that_hangs_or_trickles_ends_the_call_at_its_limit(
    moment: Moment, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "SMTP", 0.6)
    with ScriptedSmtp({moment: failure}) as server:
        began = time.monotonic()
        with pytest.raises(ServiceError) as raised:
            send(server)
        assert time.monotonic() - began < 10
        assert raised.value.kind == ("unknown" if moment == "text" else "undelivered")
        assert server.connections == 1


def test_refused_connection_and_unknown_host_leave_the_mail_undelivered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for host in ("127.0.0.1", "host.invalid"):
        where = SmtpServer(host, port)
        with pytest.raises(ServiceError) as raised:
            SmtpMail(lambda where=where: where, "f@example.com", quick_calls()).send("to@example.com", "s", "t", "h")  # type: ignore[misc]
        assert raised.value.kind == "undelivered"


def test_nothing_is_sent_if_the_limit_does_not_fit_into_the_time_left() -> None:
    with ScriptedSmtp() as server:
        where = SmtpServer("127.0.0.1", server.port, "none")
        calls = quick_calls(time_left=lambda: time_limits.SMTP + 12, reserve=13)
        with pytest.raises(OutOfTime):
            SmtpMail(lambda: where, "f@example.com", calls).send("to@example.com", "s", "t", "h")
        assert server.connections == 0


@pytest.mark.parametrize("error", [ssl.SSLError(1, "bad record"), ConnectionResetError(104, "reset"), TimeoutError()])
@pytest.mark.parametrize("place", ["before", "sending", "after"])
def test_error_of_the_socket_is_classed_by_its_moment(
    error: OSError, place: Literal["before", "sending", "after"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its type: while the text is sent, nobody can tell how much of it has arrived."""
    sent = {"before": b"ehlo", "sending": b"Subject"}.get(place)
    usual = socket.socket.sendall

    def sendall(self: socket.socket, data: bytes) -> None:
        if sent is not None and sent in data:
            raise error
        usual(self, data)

    monkeypatch.setattr(socket.socket, "sendall", sendall)
    with ScriptedSmtp({"text": CLOSE}) as server, pytest.raises(ServiceError) as raised:
        send(server)
    assert raised.value.kind == KINDS[place]


# --- a real server


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope.content)
        return "250 taken"


def log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"ada", b"pass"), handled=False)


@contextmanager
def running(**options: Any) -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


def test_mail_through_a_real_server_with_starttls_and_login(tmp_path: Path) -> None:
    own, authority = certificate(tmp_path)
    trust = partial(ssl.create_default_context, cafile=str(authority))
    with running(tls_context=own, require_starttls=True, auth_required=True, authenticator=log_in) as (mailbox, port):
        right, wrong = (SmtpServer("127.0.0.1", port, login=SmtpLogin("ada", word)) for word in ("pass", "other"))
        SmtpMail(lambda: right, "f@example.com", quick_calls(), trust).send("t@example.com", "s", "文", "h")
        with pytest.raises(ServiceError, match="535") as raised:
            SmtpMail(lambda: wrong, "f@example.com", quick_calls(), trust).send("t@example.com", "s", "t", "h")
        assert raised.value.kind == "refused"
        with pytest.raises(ServiceError, match="certificate verify failed") as raised:
            SmtpMail(lambda: right, "f@example.com", quick_calls()).send("t@example.com", "s", "t", "h")
        assert raised.value.kind == "undelivered"
    assert [b"Subject: s" in mail for mail in mailbox.mails] == [True]


def test_mail_through_a_real_server_with_tls_from_the_start(tmp_path: Path) -> None:
    own, authority = certificate(tmp_path)
    trust = partial(ssl.create_default_context, cafile=str(authority))
    with running(ssl_context=own) as (mailbox, port):
        server = SmtpServer("127.0.0.1", port, "tls")
        SmtpMail(lambda: server, "f@example.com", quick_calls(), trust).send("t@example.com", "s", "文", "h")
        with pytest.raises(ServiceError, match="certificate verify failed") as raised:
            SmtpMail(lambda: server, "f@example.com", quick_calls()).send("t@example.com", "s", "t", "h")
        assert raised.value.kind == "undelivered"
    assert [b"Subject: s" in mail for mail in mailbox.mails] == [True]
