"""Waits between retries, which grow and have jitter."""

from __future__ import annotations

from imagedrop.ports import Random


def growing_wait(first: float, longest: float, tries: int, random: Random) -> float:
    """Seconds before try number `tries` (from 0): doubles from `first` to `longest`, less up to a random fifth."""
    wait = min(longest, first * 2.0 ** min(tries, 60))
    return wait * (1 - 0.2 * random.random())
