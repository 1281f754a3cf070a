"""Mails through Amazon SES v2, behind the port Mail."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from imagedrop.common.display_text import one_line
from imagedrop.ports import MailRefused

# SES v2 SendEmail: what trying again cannot mend. The others (too many requests, sending paused) may pass.
REFUSALS = ("MessageRejected", "MailFromDomainNotVerifiedException", "AccountSuspendedException", "BadRequestException")


class SesMail:
    def __init__(self, client: Any, sender: str) -> None:
        self._client, self._sender = client, sender

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises MailRefused where `to` is anything but one bare address, too."""
        from imagedrop.domain.email_address import (
            is_address,  # and with it the sidecar's rules, which only a mail needs
        )

        if not is_address(to):
            raise MailRefused(f"{one_line(to)!r} is not one mail address")
        body = {"Text": _utf8(text), "Html": _utf8(html)}
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": {"Subject": _utf8(one_line(" ".join(subject.split()))), "Body": body}},
            )
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            if code in REFUSALS:
                raise MailRefused(f"{code}: {error.response['Error'].get('Message', '')}") from error
            raise


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


class SilentMail:
    """An installation that sends no mails: IMAGEDROP_MAIL_FROM is empty."""

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        pass
