"""Checks of the mails: the server takes the connection and the login."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imagedrop.ports import ServiceError
from imagedrop.settings import Settings
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong


class MailChecks:
    """`check`: connects to the SMTP server and logs in; raises ServiceError."""

    def __init__(self, settings: Settings, check: Callable[[], None]) -> None:
        self._settings, self._check = settings, check

    def run(self) -> Iterator[CheckResult]:
        settings = self._settings
        if not settings.mail_from:
            yield ok("mail", "no mails are sent: mail_from is not set")
            return
        if settings.smtp_host:
            yield self._server()
        if settings.operator_mail:
            yield ok("mail.operator", settings.operator_mail)
        else:
            fix = "Set operator_mail: it gets the mails about drops that have no valid owner."
            yield wrong("mail.operator", "operator_mail is not set", fix)

    def _server(self) -> CheckResult:
        settings = self._settings
        server = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"
        try:
            self._check()
        except ServiceError as error:
            if error.kind == "refused":
                fix = "Check the user and password of the SMTP server, and smtp_security."
                return wrong("mail.server", f"{server}: {error}", fix)
            fix = "Check smtp_host, smtp_port and smtp_security, and that this machine may connect there."
            return unknown("mail.server", f"{server}: {error}", fix)
        return ok("mail.server", f"{server} takes the connection and the login")
