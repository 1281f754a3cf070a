"""Mails through Amazon SES v2. Implements the port Mail."""

from __future__ import annotations

from typing import Any

from imagedrop.common.display_text import one_line
from imagedrop.ports import MailRefused, ServiceError

# SES v2 SendEmail: permanent errors. The others (too many requests, sending paused) are temporary.
PERMANENT_ERRORS = (
    "MessageRejected",
    "MailFromDomainNotVerifiedException",
    "AccountSuspendedException",
    "BadRequestException",
)


class SesMail:
    """`client`: an AwsClient of SES v2."""

    def __init__(self, client: Any, sender: str) -> None:
        self._client, self._sender = client, sender

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises ServiceError or MailRefused, the latter also if `to` is not one bare address."""
        from imagedrop.domain.email_address import is_address  # imports the sidecar model, which only mails need

        if not is_address(to):
            raise MailRefused(f"{one_line(to)!r} is not one mail address")
        body = {"Text": _utf8(text), "Html": _utf8(html)}
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": {"Subject": _utf8(one_line(" ".join(subject.split()))), "Body": body}},
            )
        except ServiceError as error:
            if error.code in PERMANENT_ERRORS:
                raise MailRefused(str(error)) from error
            raise


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


class SilentMail:
    """Sends no mails: for an empty IMAGEDROP_MAIL_FROM."""

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        pass
