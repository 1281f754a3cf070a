"""When to look at a job: often where its end is likely, seldom where it is not, and never too late. Pure.

The less the delay and the fewer the looks, the better; what is best between them has looks as dense as the square root
of the hazard (the chance that a job that runs still ends now; Barlow, Hunter, Proschan 1963: optimum checking
procedures). Here time is counted by its logarithm, because a delay matters as a part of the job's time. What nothing
is known of ends alike likely in every such stretch.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

from imagedrop.ports import Random
from imagedrop.workflow.poll_schedule.duration_forecast import Forecast

GROWTH = 0.11  # without a plan, the next look comes after this part of the time that the job has taken so far
BLUR = 0.03  # a share of the forecast may be wrong by this part, and by the distance of the next but one
WIDEST = 0.3
# The wait at a hazard of 1: 30 s, a third of the looks of one every 10 s, but within these parts of the time so far.
EVEN, FINEST, COARSEST = 30.0, 0.06, 0.2
STRAY = 0.02  # a random part of this is every look of a job earlier than planned
STEP = 0.02  # of the plan, by the logarithm of the time; the hazard alone brings no two looks closer
MOST = 48  # looks in a plan


def plan(known: Forecast | None, first: float, longest: float, random: Random) -> tuple[int, ...]:
    """Seconds after the start of a job at which to look at it, rising; none where nothing is known or the job should
    be over by `first`. Ends where the forecast does. The first look is between `first` and twice that; no wait is above
    `longest`, nor above both `first` and half of the time so far. Each job's plan strays, lest jobs fall in step."""
    if known is None:
        return ()
    chances = _chances(known, first)
    left, unlike = sum(chances), 1 - known.trust
    looks: list[float] = []
    due, limit = 1.0, min(2 * first, max(first, longest))
    for step, chance in enumerate(chances, 1):
        seconds = first * math.exp(step * STEP)
        rate = _rate((chance / STEP + unlike) / (left + unlike), seconds)
        due -= rate * STEP
        if due <= 0 or seconds > limit:
            looks.append(min(limit, seconds * math.exp(min(0.0, due / rate))))
            due, limit = min(0.0, due) + 1, looks[-1] + min(longest, max(first, looks[-1] / 2))
        left, unlike = max(0.0, left - chance), unlike * math.exp(-STEP)
    early = 1 - STRAY * random.random()
    return tuple(math.ceil(max(first, look * early)) for look in looks[:MOST])


def next_wait(elapsed: float, looks: Sequence[int], first: float, longest: float, random: Random) -> float:
    """Seconds to the next look at a job that has run for `elapsed` seconds: what was planned, and after that a part of
    the time so far, so that a job is found out late by no more than that part of it; at least a fifth of the first
    wait, at most `longest`."""
    at = bisect_right(looks, elapsed + 1)
    if at < len(looks):
        return min(longest, looks[at] - elapsed)
    full = min(longest, max(first / 5, 1.0, elapsed * GROWTH))
    return full * (1 - 0.2 * random.random())


def _chances(known: Forecast, first: float) -> list[float]:
    """That the job is like those before it and ends in a step, for each step after `first` until the last share ends;
    every share is spread evenly over its blur."""
    places = [math.log(share.seconds / first) / STEP for share in known.shares]
    changes: dict[int, float] = defaultdict(float)
    for place, share in zip(places, known.shares, strict=True):
        half = _blur(place, places) / STEP
        begin, end = round(place - half), round(place + half)
        changes[max(0, begin)] += known.trust * share.weight / (end - begin)
        changes[max(0, end)] -= known.trust * share.weight / (end - begin)
    return list(accumulate(changes[step] for step in range(max(changes))))


def _blur(place: float, places: Sequence[float]) -> float:
    near = sorted(abs(place - other) for other in places)[1:3]  # the first is itself
    return max(BLUR, min(WIDEST, near[-1] * STEP)) if near else WIDEST


def _rate(hazard: float, seconds: float) -> float:
    """Looks by the logarithm of the time."""
    even = min(COARSEST, max(FINEST, EVEN / seconds))
    return min(math.sqrt(hazard) / even, 1 / STEP)
