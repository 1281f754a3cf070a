"""Waits for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0  # s; only a failure takes so long. Less than pytest's time-out.
Found = TypeVar("Found")


def until(condition: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
    """The first true result of `condition`. Raises AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not true within {seconds:.0f} s"
        time.sleep(0.01)
    return found
