"""Exactly one image per drop, nothing lost, every end told: in every history, whatever goes wrong in it."""

from __future__ import annotations

import pytest

from simulation.bugs import BUGS
from simulation.histories import History

SEEDS = 150  # `make simulate` runs more
SOON = 400  # seeds within which a planted bug is found


@pytest.mark.parametrize("first", range(0, SEEDS, 25))
def test_no_history_breaks_what_was_promised(first: int) -> None:
    for seed in range(first, first + 25):
        history = History(seed)
        broken = history.live()
        assert not broken, f"make simulate SEED={seed}\n{broken}\n{history.story()}"


def test_one_seed_is_one_history() -> None:
    for seed in range(5):
        one, other = History(seed), History(seed)
        one.live()
        other.live()
        assert one.story() == other.story()


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, climate = BUGS[bug]
    plant(monkeypatch)
    assert any(History(seed, **climate).live() for seed in range(SOON)), f"nothing found in {SOON} seeds"
