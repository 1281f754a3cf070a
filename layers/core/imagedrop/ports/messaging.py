"""The ports to queues, SNS, mail and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol


class RetryLater(Exception):
    """Raised by the handler of a message to get it again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry in {seconds:.0f} s")
        self.seconds = seconds


QueueName = Literal["drops", "registrations", "polls", "notices"]


class Queues(Protocol):
    def send(self, queue: QueueName, body: Mapping[str, Any], delay: int = 0) -> None:
        """`delay` in whole seconds, at most 900."""

    def send_many(self, queue: QueueName, bodies: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """Sends the messages, ten per call. Returns the positions of those that the queue did not take."""

    def change_visibility(self, queue: QueueName, receipt: str, seconds: int) -> None:
        """Makes the message visible again after `seconds` (ChangeMessageVisibility)."""

    def change_visibility_of_batch(self, queue: QueueName, receipts: Sequence[str], seconds: int) -> None:
        """The same for at most ten messages, in one call. What fails of it is left to the queue's own time-out."""


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
