"""Why a push is not taken."""

from __future__ import annotations

from typing import Literal

Fault = Literal["Malformed", "Oversized", "Unsigned", "Forged", "Foreign", "Stale"]


class PushRefused(Exception):
    """The push is not to be taken, and sending it again changes nothing. `status` 400, 401, 403, 405 or 413; `fault` is
    what the metric `Pushes<fault>` counts."""

    def __init__(self, status: int, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.status, self.fault, self.reason = status, fault, reason


class PushUnavailable(Exception):
    """It cannot be told now whether the push is to be taken: it should come again."""
