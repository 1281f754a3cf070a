"""When to poll a job again: after a fixed part of the time that it has run.

IMS does not say when a job ends. This way the delay until the end is found is at most that part of the job's duration.
docs/internals/polling.md shows what it costs.
"""

from __future__ import annotations

from imagedrop.ports import Random

WAIT_PART = 0.1  # of the time the job has run
SHORTEST_PART = 1 / 3  # of the first wait
JITTER = 0.2  # each wait is shorter by a random part of up to this, so that jobs that start together spread out


def next_wait(elapsed: float, first: float, longest: float, random: Random) -> float:
    """Seconds until the next poll of a job that has run for `elapsed` seconds. `first`: the wait before the first."""
    wait = min(longest, max(first * SHORTEST_PART, 1.0, elapsed * WAIT_PART))
    return wait * (1 - JITTER * random.random())
