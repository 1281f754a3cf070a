"""What a seed draws before the start: how the clouds behave, how often each fault occurs, and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from tests.simulation.switch_draw import draw_switches

MINUTE, HOUR = 60.0, 3600.0
LONGEST_ACTIVE_DELAY = 25 * MINUTE  # by the clock: poll takes an image for lost after half an hour
LONGEST_JOB, SLOW_JOB = 600.0, 3600.0  # s of IMS: of a job with a few small files, and what a fault adds
NEVER = 1e12

Period = tuple[float, float]  # s from the start: begin, end
NO_PERIOD: Period = (NEVER, NEVER)


@dataclass(frozen=True)
class FaultRates:
    # behaviour that the documents leave open
    switches: Mapping[str, Any]  # of the simulators; some of OBS's have no effect without HTTP
    time_scale: float  # seconds of IMS in one second of an import
    # rates per port call of a handler
    crash: float
    error: float
    pause: float  # the worker waits while others run
    # rates per event of the bucket, and per message
    event_lost: float
    event_doubled: float
    event_late: float
    message_doubled: float  # a second worker gets the message too
    # rates per CreateImage and per import
    create_fault: float
    job_fails: float
    job_slow: float
    # rate per row of a query of the index of open rows: it does not have the row yet
    index_lag: float
    # s by which the clocks of functions, and that of IMS, are wrong
    clock_skew: float
    ims_clock_skew: float
    page_size: int  # keys in one page of a listing
    signed_pushes: bool  # SMN signs pushes; else they carry the shared secret
    # s from the start; no fault occurs after `faults_end`
    faults_end: float
    ims_outage: Period
    obs_outage: Period
    ims_denies: Period
    obs_denies: Period
    # settings
    sweep_every: float
    attempt_deadline: int
    pairing_deadline: int
    poll_longest: int
    ims_tasks: int
    mails_per_hour: int
    # keys of IMS: s for which they live, and s after which Secrets Manager has the next ones
    keys_live: float
    keys_late: float
    versioned: bool  # the bucket keeps versions, and people go back to older ones
    list_lag: float  # rate per page of a listing: it shows keys as they were seconds ago
    late_effect: float  # rate per write to OBS that failed: it lands later
    repeated_write: float  # rate per write of the ledger: it is repeated after a success
    crowd: bool  # others have more than 100 images of the same names
    in_use: bool  # files lie in the bucket before imagedrop is started on it

    @classmethod
    def draw(cls, random: Random) -> FaultRates:
        faults_end = random.choice((0.2, 1, 1, 1, 2, 2, 2, 4, 4, 12, 36)) * HOUR
        switches, time_scale = draw_switches(random), random.choice((100, 1, 1, 0.4, 0.1, 0.03))
        active_delay = min(switches["ims_active_delay"], LONGEST_ACTIVE_DELAY * time_scale)
        return cls(
            switches=switches | {"ims_active_delay": active_delay},
            time_scale=time_scale,
            crash=random.choice((0, 0, 0.003, 0.02)),
            error=random.choice((0, 0, 0.005, 0.03)),
            pause=random.choice((0, 0.01, 0.05, 0.2)),
            event_lost=random.choice((0, 0.2, 0.7)),
            event_doubled=random.choice((0, 0.3)),
            event_late=random.choice((0, 0.3)),
            message_doubled=random.choice((0, 0, 0.02, 0.1)),
            create_fault=random.choice((0, 0.3, 0.8)),
            job_fails=random.choice((0, 0.15)),
            job_slow=random.choice((0, 0, 0.1)),
            index_lag=random.choice((0, 0.1)),
            clock_skew=random.choice((0, 0, 5, 60)),
            ims_clock_skew=random.choice((0, 0, -5, 5, -300, 300)),
            page_size=random.choice((1000, 1000, 1000, 1000, 7, 3)),
            signed_pushes=random.random() < 0.1,
            faults_end=faults_end,
            ims_outage=_period(random, faults_end),
            obs_outage=_period(random, faults_end),
            ims_denies=_period(random, faults_end, 12),
            obs_denies=_period(random, faults_end, 12),
            sweep_every=random.choice((300.0, 300.0, 900.0)) if faults_end < 6 * HOUR else 900.0,
            attempt_deadline=int(random.choice((2, 2, 3, 3, 12)) * HOUR),
            pairing_deadline=int(random.choice((1, 1, 3, 12)) * HOUR),
            poll_longest=random.choice((300, 900)),
            mails_per_hour=random.choice((60, 60, 60, 3)),
            ims_tasks=random.choice((40, 40, 40, 2, 1)),
            keys_live=random.choice((NEVER, NEVER, 3600, 1200)),
            keys_late=random.choice((0, 60, 400, 900)),
            versioned=random.random() < 0.2,
            list_lag=random.choice((0, 0, 0.1)),
            late_effect=random.choice((0, 0.5)),
            repeated_write=random.choice((0, 0, 0, 0.01)),
            crowd=random.random() < 0.1,
            in_use=random.random() < 0.1,
        )

    def changed(self, changes: Mapping[str, Any]) -> FaultRates:
        """`changes` by the names of fields, or of switches (`ims_...`)."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        switches = {name: value for name, value in changes.items() if name not in own}
        return FaultRates(
            **own | {"switches": dict(self.switches) | switches} | dict(changes.items() - switches.items())
        )

    def longest_import(self) -> float:
        """Seconds from the acceptance of a request until its images are active."""
        slow = SLOW_JOB if self.job_slow else 0
        waits = self.switches["ims_init_time"] + self.switches["ims_active_delay"]
        return float(waits + LONGEST_JOB + slow) / self.time_scale

    def __str__(self) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values |= {name: "never" for name, value in values.items() if value == NO_PERIOD}
        return ", ".join(f"{name} {value}" for name, value in values.items())


def _period(random: Random, faults_end: float, one_in: int = 6) -> Period:
    """One history in `one_in` has such a period."""
    if random.random() >= 1 / one_in:
        return NO_PERIOD
    start = random.random() * faults_end
    return start, min(faults_end, start + random.choice((10 * MINUTE, HOUR, 3 * HOUR)))
