"""Waiting for what happens in its own time. Only a failure takes as long as this allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0  # s; below pytest's own limit
Found = TypeVar("Found")


def until(condition: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
    """The first truth that `condition` gives. Raises AssertionError where there was none in time."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"it did not happen within {seconds:.0f} s"
        time.sleep(0.01)
    return found
