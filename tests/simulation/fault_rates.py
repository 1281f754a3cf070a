"""What a seed decides before anything happens: how the clouds behave, and how often what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from tests.simulation.switch_draw import drawn

MINUTE, HOUR = 60.0, 3600.0
OPEN_END = 1e12

Spell = tuple[float, float]  # s from the start: from when until when


@dataclass(frozen=True)
class Climate:
    # what no document settles, and what is set to fit it
    switches: Mapping[str, Any]  # of the simulators; HTTP alone can tell some of OBS's
    time_scale: float  # cloud seconds in one second of an import
    # rates, at every port call of a handler
    crash: float
    error: float
    pause: float  # the worker stands still while others go on
    # rates, at every event of the bucket and at every message
    lost: float
    doubled: float
    late: float
    twin: float  # a message is given to a second worker too
    # rates, at every CreateImage and every import
    trouble: float
    job_fails: float
    job_slow: float
    # of the index of open rows, which lags: a row is not in it yet
    lag: float
    # s that clocks of functions, and IMS's, are off
    skew: float
    ims_skew: float
    page: int  # keys a listing
    signed: bool  # pushes are signed by SMN; else they carry the shared secret
    # s from the start; what goes wrong does so before `calm`
    calm: float
    ims_away: Spell
    obs_away: Spell
    ims_forbids: Spell
    obs_forbids: Spell
    # settings
    sweep_every: float
    attempt_deadline: int
    pairing_deadline: int
    poll_longest: int
    ims_tasks: int

    @classmethod
    def draw(cls, random: Random) -> Climate:
        calm = random.choice((0.2, 1, 1, 1, 2, 2, 2, 4, 4, 12, 36)) * HOUR
        return cls(
            switches=drawn(random),
            time_scale=random.choice((100, 1, 1, 0.4, 0.1, 0.03)),
            crash=random.choice((0, 0, 0.003, 0.02)),
            error=random.choice((0, 0, 0.005, 0.03)),
            pause=random.choice((0, 0.01, 0.05, 0.2)),
            lost=random.choice((0, 0.2, 0.7)),
            doubled=random.choice((0, 0.3)),
            late=random.choice((0, 0.3)),
            twin=random.choice((0, 0, 0.02, 0.1)),
            trouble=random.choice((0, 0.3, 0.8)),
            job_fails=random.choice((0, 0.15)),
            job_slow=random.choice((0, 0, 0.1)),
            lag=random.choice((0, 0.1)),
            skew=random.choice((0, 0, 5, 55)),
            ims_skew=random.choice((0, 0, -5, 5, -290, 290)),
            page=random.choice((1000, 1000, 1000, 1000, 7, 3)),
            signed=random.random() < 0.1,
            calm=calm,
            ims_away=_spell(random, calm),
            obs_away=_spell(random, calm),
            ims_forbids=_spell(random, calm, 12),
            obs_forbids=_spell(random, calm, 12),
            sweep_every=random.choice((300.0, 300.0, 900.0)) if calm < 6 * HOUR else 900.0,
            attempt_deadline=int(random.choice((2, 2, 3, 3, 12)) * HOUR),
            pairing_deadline=int(random.choice((1, 1, 3, 12)) * HOUR),
            poll_longest=random.choice((300, 900)),
            ims_tasks=random.choice((1, 3, 40, 40)),
        )

    def changed(self, changes: Mapping[str, Any]) -> Climate:
        """`changes` by the names of fields, or of switches (`ims_...`)."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        switches = {name: value for name, value in changes.items() if name not in own}
        return Climate(**own | {"switches": dict(self.switches) | switches} | dict(changes.items() - switches.items()))

    def __str__(self) -> str:
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told |= {name: "never" for name, value in told.items() if value == (OPEN_END, OPEN_END)}
        return ", ".join(f"{name} {value}" for name, value in told.items())


def _spell(random: Random, calm: float, one_in: int = 6) -> Spell:
    """An outage, in one history of so many."""
    if random.random() >= 1 / one_in:
        return OPEN_END, OPEN_END
    start = random.random() * calm
    return start, min(calm, start + random.choice((10 * MINUTE, HOUR, 3 * HOUR)))
