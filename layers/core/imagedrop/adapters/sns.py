"""Notices to machines, through an SNS topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop.common.display_text import ascii_line, one_line

SUBJECT_LIMIT = 99  # SNS: fewer than 100 ASCII characters, no line breaks


class SnsTopic:
    """`client`: an AwsClient of SNS."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None:
        """Leaves out empty `attributes`, which SNS refuses."""
        self._client.publish(
            TopicArn=self._arn,
            Subject=_valid_subject(subject) or "imagedrop",
            Message=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": one_line(value)}
                for name, value in attributes.items()
                if value
            },
        )


def _valid_subject(subject: str) -> str:
    return " ".join(ascii_line(" ".join(subject.split())).split())[:SUBJECT_LIMIT].rstrip()
