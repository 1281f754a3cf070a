"""The ports to SNS, mail and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Topic(Protocol):
    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None: ...


class MailRefused(Exception):
    """The mail service refuses this mail permanently: a retry cannot help."""


class Mail(Protocol):
    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises MailRefused, or another exception if a retry may help."""


class Meter(Protocol):
    """Metrics that alarms watch (CloudWatch metrics through the log)."""

    def count(self, name: str, value: int = 1) -> None: ...
