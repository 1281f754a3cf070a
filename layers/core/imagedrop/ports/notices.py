"""The ports to SNS, mail and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Topic(Protocol):
    def publish(self, subject: str, body: str, attributes: Mapping[str, str]) -> None: ...


class MailRefused(Exception):
    """The mail service refuses this mail for good: trying again cannot help."""


class Mail(Protocol):
    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises MailRefused, or any other exception for what may pass."""


class Meter(Protocol):
    """Counts that alarms watch (CloudWatch metrics through the log)."""

    def count(self, name: str, value: int = 1) -> None: ...
