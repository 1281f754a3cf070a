"""One fault never heals: what does not depend on it still ends in time, and its owner is notified."""

from __future__ import annotations

import pytest

from tests.simulation import lasting_faults
from tests.simulation.lasting_faults import BROKEN, LivenessHistory


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
def test_everything_that_does_not_depend_on_it_ends(seed: int, broken: str) -> None:
    assert not LivenessHistory(seed, broken=broken).run()


def test_a_history_without_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every end needed the mail that is broken."""
    monkeypatch.setattr(lasting_faults, "CHANNELS", {})
    assert LivenessHistory(0, broken="mail").run()
