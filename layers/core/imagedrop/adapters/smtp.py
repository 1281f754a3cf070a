"""Mails through an SMTP server (RFC 5321), with Python's smtplib. Implements the port Mail.

A server has not taken a mail before it has all of it, so every earlier failure leaves the mail surely undelivered.
"""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any, Literal

from imagedrop.adapters import time_limits
from imagedrop.adapters.calls import Calls, Moment, current_call, kind_of_failure
from imagedrop.adapters.connections import SHORTEST_TIMEOUT, DeadlineReader
from imagedrop.adapters.secrets import SmtpLogin
from imagedrop.common.display_text import one_line
from imagedrop.ports import ErrorClass, MailRefused, ServiceError

Security = Literal["starttls", "tls", "none"]
POLICY = SMTP.clone(cte_type="7bit")  # not every server takes 8-bit text
AUTHENTICATION = (530, 534, 535, 538)  # RFC 4954: errors of the login, which an operator corrects


@dataclass(frozen=True)
class SmtpServer:
    """`security`: TLS from the start (usually port 465), STARTTLS (587), or no encryption."""

    host: str
    port: int
    security: Security = "starttls"
    login: SmtpLogin | None = None


class SmtpMail:
    """`server`: asked before each mail, because the password may change. `tls`: makes the context of a connection."""

    def __init__(
        self,
        server: Callable[[], SmtpServer],
        sender: str,
        calls: Calls,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._server, self._sender, self._calls, self._tls = server, sender, calls, tls

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises ServiceError or MailRefused, the latter also if `to` is not one bare address."""
        from imagedrop.domain.email_address import is_address  # imports the sidecar model, which only mails need

        if not is_address(to):
            raise MailRefused(f"{one_line(to)!r} is not one mail address")
        content = _message(self._sender, to, subject, text, html).as_bytes()
        self._converse(lambda connection: connection.sendmail(self._sender, to, content))

    def check(self) -> None:
        """Connects and logs in, and sends nothing. Raises ServiceError."""
        self._converse(lambda connection: connection.noop())

    def _converse(self, act: Callable[[smtplib.SMTP], object]) -> None:
        server = self._server()

        def once() -> None:
            # Closed without QUIT: its answer would change nothing.
            with translate_errors(), closing(_connect(server, self._tls)) as connection:
                if server.login:
                    connection.login(server.login.user, server.login.password)
                act(connection)

        self._calls.run(once, time_limits.SMTP, _is_repeatable)


def _message(sender: str, to: str, subject: str, text: str, html: str) -> EmailMessage:
    mail = EmailMessage(POLICY)
    mail["From"], mail["To"], mail["Subject"] = sender, to, one_line(" ".join(subject.split()))
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: asks for no automatic reply
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def _connect(server: SmtpServer, tls: Callable[[], ssl.SSLContext]) -> smtplib.SMTP:
    _set_moment("before")
    name = socket.gethostname()
    options: dict[str, Any] = {
        "timeout": max(SHORTEST_TIMEOUT, min(time_limits.CONNECT_TIMEOUT, _left())),
        "local_hostname": name if "." in name else "[127.0.0.1]",  # else smtplib would ask DNS, without a limit
    }
    if server.security == "tls":
        return _EncryptedConnection(server.host, server.port, context=tls(), **options)
    connection = _Connection(server.host, server.port, **options)
    if server.security == "starttls":
        try:
            connection.starttls(context=tls())
        except BaseException:
            connection.close()
            raise
    return connection


class _Limited:
    """Before a class of smtplib in the order of inheritance. Keeps the limit of the current call."""

    sock: Any
    file: Any

    def send(self, data: Any) -> None:
        self.sock.settimeout(max(SHORTEST_TIMEOUT, _left()))
        is_mail = isinstance(data, bytes)  # smtplib sends commands as text
        if is_mail:
            _set_moment("sending")
        super().send(data)  # type: ignore[misc]
        if is_mail:
            _set_moment("after")

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            raw = self.sock.makefile("rb", buffering=0)
            self.file = io.BufferedReader(DeadlineReader(raw, self.sock, _left))
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        return reply


class _Connection(_Limited, smtplib.SMTP):
    pass


class _EncryptedConnection(_Limited, smtplib.SMTP_SSL):
    pass


def _left() -> float:
    call = current_call()
    return call.left() if call else time_limits.SMTP


def _set_moment(moment: Moment) -> None:
    if call := current_call():
        call.moment = moment


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises MailRefused or ServiceError for errors of smtplib, of TLS and of the connection."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        ((code, answer),) = error.recipients.values()
        raise _refusal(code, answer) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        raise _service_error(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise ServiceError("refused", type(error).__name__, str(error)) from error
    except OSError as error:  # smtplib's other errors are OSErrors too
        raise ServiceError(kind_of_failure(), type(error).__name__, str(error)) from error


def _refusal(code: int, answer: bytes | str) -> Exception:
    """A code of 500 to 599 refuses the mail permanently, unless it is about the login: an operator can correct that."""
    if 500 <= code < 600 and code not in AUTHENTICATION:
        return MailRefused(f"{code}: {_text(answer)}")
    return _service_error(code, answer)


def _service_error(code: int, answer: bytes | str) -> ServiceError:
    kind: ErrorClass = "busy" if 400 <= code < 500 else "refused" if 500 <= code < 600 else kind_of_failure()
    return ServiceError(kind, str(code), _text(answer))


def _text(answer: bytes | str) -> str:
    return one_line(answer.decode(errors="replace") if isinstance(answer, bytes) else answer)


def _is_repeatable(error: Exception) -> bool:
    return isinstance(error, ServiceError) and error.kind in ("busy", "undelivered")
