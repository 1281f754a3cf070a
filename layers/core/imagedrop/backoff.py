"""Waits that grow and never fall in step."""

from __future__ import annotations

from imagedrop.ports import Random


def growing_wait(first: float, longest: float, tries: int, random: Random, factor: float = 2.0) -> float:
    """Seconds before try number `tries` (from 0): doubling from `first` up to `longest`, a random fifth less."""
    full = min(longest, first * factor ** min(tries, 60))
    return full * (1 - 0.2 * random.random())
