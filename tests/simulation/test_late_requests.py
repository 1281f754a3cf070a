"""Requests that arrive as late as IMS can accept them, with clocks as wrong as they may be."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.domain import resend_bound
from imagedrop.workflow.register import next_steps
from tests.simulation import ims_network
from tests.simulation.histories import History
from tests.simulation.ims_network import LATE

WRONG = resend_bound.FUNCTION_CLOCK_WRONG
ACCEPTED_FOR = resend_bound.SIGNATURE_VALID + resend_bound.IMS_CLOCK_BEHIND  # s, if the sender's clock is right
WORST: dict[str, Any] = {
    "ims_clock_skew": -resend_bound.IMS_CLOCK_BEHIND,
    "clock_skew": WRONG,
    "time_scale": 1,
    "ims_shows_imports": True,
    "ims_refuses_windows": False,
    "create_fault": 0.7,
    "pause": 0.2,
    **dict.fromkeys(("job_fails", "crash", "error"), 0),
}


@pytest.fixture(autouse=True)
def _late_requests_and_frequent_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ims_network, "CREATE_FAULTS", (LATE,))
    monkeypatch.setattr(next_steps, "LOOK_UP_LONGEST", 20.0)

    def skew(history: History, worker: Any) -> float:
        return history.random(worker.label).choice((-WRONG, WRONG))

    monkeypatch.setattr(History, "_clock_skew", skew)


def makes_second_image(seed: int) -> bool:
    """With the bound 1200 instead of the derived one, about one in fifty does."""
    history = History(seed, **WORST)
    history.ims.lateness = lambda random: ACCEPTED_FOR + random.uniform(0, WRONG)
    return any("a second image" in broken for broken in history.run())


def test_late_request_and_its_repetition_make_one_image() -> None:
    assert not [seed for seed in range(30) if makes_second_image(seed)]
