"""SNS for machines, SES for people, CloudWatch metrics for alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from imagedrop.common.display_text import ascii_line, one_line
from imagedrop.ports import MailRefused

NAMESPACE = "imagedrop"
SUBJECT_LIMIT = 99  # SNS: fewer than 100 ASCII characters, no line breaks
# SES v2 SendEmail: what trying again cannot mend. The others (too many requests, sending paused) may pass.
REFUSALS = ("MessageRejected", "MailFromDomainNotVerifiedException", "AccountSuspendedException", "BadRequestException")


class SnsTopic:
    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None:
        """`attributes` that are empty are left out: SNS takes no empty ones."""
        self._client.publish(
            TopicArn=self._arn,
            Subject=_plain(subject) or "imagedrop",
            Message=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": one_line(value)}
                for name, value in attributes.items()
                if value
            },
        )


def _plain(subject: str) -> str:
    return " ".join(ascii_line(" ".join(subject.split())).split())[:SUBJECT_LIMIT].rstrip()


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


class EmfMeter:
    """Each count is one line of log in CloudWatch's embedded metric format; `service` is its one dimension."""

    def __init__(self, service: str) -> None:
        self._service = service

    def count(self, name: str, value: int = 1) -> None:
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        dimensions = {"service": self._service}
        with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE, default_dimensions=dimensions):
            pass  # it is written on leaving
