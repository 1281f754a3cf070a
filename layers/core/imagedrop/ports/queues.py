"""The port to the queues."""

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
