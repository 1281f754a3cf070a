"""Reasons not to accept a push."""

from __future__ import annotations

from typing import Literal

Fault = Literal["Malformed", "Oversized", "Unsigned", "Forged", "Foreign", "Stale"]


class PushRefused(Exception):
    """A retry of this push would be refused too. `status`: 400, 401, 403, 405 or 413; counted as `Pushes<fault>`."""

    def __init__(self, status: int, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.status, self.fault, self.reason = status, fault, reason


class PushUnavailable(Exception):
    """The push cannot be checked or enqueued now. A retry may succeed."""
