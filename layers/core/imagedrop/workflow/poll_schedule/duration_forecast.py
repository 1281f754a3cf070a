"""How long an import will take, by the imports before it. Pure.

Seconds are taken to be a base and a rate by size, both fitted so that a few odd jobs do not matter; the newest jobs
count most. The forecast is no single number: each earlier job says how long this one takes if it strays from the fit as
that one did. So a noisy IMS makes a wide forecast, and one with two moods a forecast with two peaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

KEPT = 16  # jobs
FADE = 0.85  # what a job counts against the next newer one
LONGEST = 86_400.0  # s; a job that took longer says nothing
LARGEST = 1 << 50  # bytes
NEVER_SURER = 0.97  # some job is unlike all before it


class Past(NamedTuple):
    """A job that succeeded: the bytes of its files, and the seconds that it took."""

    size: float
    seconds: float


class Share(NamedTuple):
    """A part of the forecast: with this weight the job takes so many seconds."""

    seconds: float
    weight: float


class Forecast(NamedTuple):
    """`shares` weigh 1 together; `trust`, in [0, 1), is how likely it is that the job is like those at all."""

    shares: Sequence[Share]
    trust: float


def sound(past: Past) -> bool:
    """False for what cannot be true; NaN is not either."""
    return 0 < past.size <= LARGEST and 1 <= past.seconds <= LONGEST


def forecast(jobs: Sequence[Past], size: float) -> Forecast | None:
    """`jobs`: oldest first, all `sound`. `size`: bytes, more than 0. None where there is nothing to go by."""
    if not jobs:
        return None
    weights = [FADE**age for age in reversed(range(len(jobs)))]
    total = sum(weights)
    base, rate = _fit(jobs, weights)
    expected = base + rate * size
    shares = [
        Share(min(LONGEST, max(1.0, expected * job.seconds / (base + rate * job.size))), weight / total)
        for job, weight in zip(jobs, weights, strict=True)
    ]
    return Forecast(shares, _trust(jobs, weights, size))


def _fit(jobs: Sequence[Past], weights: Sequence[float]) -> tuple[float, float]:
    """Seconds, and seconds a byte, neither negative and not both 0: the weighted median of the slopes between any two
    jobs (Theil and Sen), and then of what is left of each job."""
    slopes = [
        ((one.seconds - other.seconds) / (one.size - other.size), a * b * abs(one.size - other.size))
        for at, (one, a) in enumerate(zip(jobs, weights, strict=True))
        for other, b in zip(jobs[:at], weights, strict=False)
        if one.size != other.size
    ]
    rate = max(0.0, _median(slopes)) if slopes else 0.0
    base = _median((job.seconds - rate * job.size, weight) for job, weight in zip(jobs, weights, strict=True))
    if base >= 0:
        return base, rate
    return 0.0, _median((job.seconds / job.size, weight * job.size) for job, weight in zip(jobs, weights, strict=True))


def _median(weighted: Iterable[tuple[float, float]]) -> float:
    ordered = sorted(weighted)
    left = sum(weight for _, weight in ordered) / 2
    for value, weight in ordered:
        left -= weight
        if left <= 0:
            return value
    return ordered[-1][0]


def _trust(jobs: Sequence[Past], weights: Sequence[float], size: float) -> float:
    """Grows with the number of jobs that count, and falls with the distance of the size from theirs."""
    count = sum(weights) ** 2 / sum(weight * weight for weight in weights)
    sizes = [job.size for job in jobs]
    beyond = max(1.0, size / max(sizes), min(sizes) / size)
    return min(NEVER_SURER, count / (1 + count)) / beyond
