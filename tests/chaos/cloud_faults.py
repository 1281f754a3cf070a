"""How the clouds behave: faults, the switches of the simulators, and settings to match."""

from __future__ import annotations

from random import Random
from typing import Any

Fault = dict[str, Any]  # as /_sim/faults takes it

QUOTA = {"ims_image_quota": "1000000"}
COMMON = {"mails_per_hour": "1000000", "poll_first": "1", "poll_longest": "5"}
# All drops arrive at once, so a row may wait as long as in production before it counts as stalled.
LOAD = COMMON | {"stall_after": "900", "attempt_deadline": "7200", "pairing_deadline": "7200"}
LONG = COMMON | {"stall_after": "30", "attempt_deadline": "400", "pairing_deadline": "120", "resend_after": "60"}
SHORT = COMMON | {"stall_after": "6", "attempt_deadline": "60", "pairing_deadline": "15", "resend_after": "40"}


def _fault(service: str, call: str, fault: str, **more: Any) -> Fault:
    return {"service": service, "call": call, "fault": fault, **more}


RANDOM_FAULTS: tuple[Fault, ...] = (  # at any call, with a probability
    *(_fault("ims", "CreateImage", "status", status=status, probability=0.04) for status in (429, 500, 503)),
    _fault("ims", "CreateImage", "timeout_before", seconds=1, probability=0.03),
    _fault("ims", "CreateImage", "timeout_after", seconds=1, probability=0.06),
    _fault("ims", "CreateImage", "timeout_after", seconds=35, probability=0.01),
    _fault("ims", "CreateImage", "reset", probability=0.03),
    _fault("ims", "CreateImage", "slow", seconds=3, probability=0.05),
    _fault("ims", "*", "status", status=503, probability=0.03),
    _fault("ims", "*", "reset", probability=0.02),
    _fault("ims", "*", "slow", seconds=1, probability=0.03),
    _fault("ims", "ImportJob", "status", code="IMG.1075", probability=0.06),
    _fault("ims", "ImportJob", "status", code="IMG.0072", probability=0.04),
    _fault("ims", "ImportJob", "slow", seconds=1200, probability=0.1),
    _fault("obs", "*", "status", status=503, probability=0.01),
    _fault("obs", "*", "reset", probability=0.005),
    _fault("obs", "*", "slow", seconds=0.5, probability=0.01),
    _fault("obs", "PutObject", "timeout_after", seconds=1, probability=0.02),
    _fault("obs", "Event", "drop", probability=0.15),
    _fault("obs", "Event", "duplicate", probability=0.15),
    _fault("obs", "Event", "reorder", probability=0.15),
    _fault("smn", "Push", "drop", probability=0.05),
    _fault("smn", "Push", "duplicate", probability=0.05),
)
COUNTED_FAULTS: tuple[Fault, ...] = (  # at the first calls
    _fault("ims", "CreateImage", "timeout_after", seconds=1, times=1),
    _fault("ims", "CreateImage", "status", status=503, times=1),
    _fault("ims", "ImportJob", "status", code="IMG.1075", times=1),
    _fault("ims", "ImportJob", "status", code="IMG.0072", times=1),
    _fault("ims", "ShowJob", "reset", times=2),
    _fault("ims", "ShowJob", "status", status=500, times=2),
    _fault("obs", "PutObject", "timeout_after", seconds=1, times=1),
    _fault("obs", "HeadObject", "status", status=503, times=2),
    _fault("obs", "Event", "drop", times=2),
    _fault("obs", "Event", "duplicate", times=3),
    _fault("obs", "Event", "reorder", times=3),
)


def switches(random: Random) -> dict[str, str]:
    """A value for every switch that changes what a client sees."""
    flags = ("ims_shows_imports", "ims_tags_early", "ims_failed_image_stays", "ims_image_id_early", "ims_keeps_parts")
    drawn = {name: str(random.random() < 0.5).lower() for name in flags}
    return drawn | {
        "ims_active_delay": random.choice(("0", "60")),
        "ims_job_ids_in": random.choice(("mixed", "sub_jobs")),
        "ims_replaced_fails": random.choice(("true", "true", "false")),
        "obs_envelope": random.choice(("A", "B", "C")),
    }
