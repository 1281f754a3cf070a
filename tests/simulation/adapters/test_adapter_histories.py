"""Random histories with the real adapters."""

from __future__ import annotations

import pytest

from imagedrop.adapters import aws
from tests.simulation.adapters.adapter_history import AdapterHistory
from tests.simulation.run import run_seeds

SEEDS = 25  # python -m tests.simulation.run --adapters --seeds 1000 runs more


@pytest.mark.long
@pytest.mark.timeout(600)  # an hour of a drop's way through four client libraries takes seconds
@pytest.mark.parametrize("seed", range(SEEDS))
def test_all_checks_hold_with_the_real_adapters(seed: int) -> None:
    tally = run_seeds([seed], AdapterHistory)
    assert not tally.broken, f"python -m tests.simulation.run --adapters --seed {seed}"


def test_same_seed_gives_same_history_with_the_real_adapters() -> None:
    first, second = AdapterHistory(0), AdapterHistory(0)
    first.run()
    second.run()
    assert first.text() == second.text()


def test_adapter_that_repeats_what_may_have_been_sent_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "_is_repeatable", lambda operation, error: True)
    histories = (AdapterHistory(seed, error=0.05, crash=0, pause=0) for seed in (3, *range(20)))
    assert any("was sent 2 times" in broken for history in histories for broken in history.run())
