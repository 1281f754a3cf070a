"""Exactly one image per drop, nothing lost, every end told: in every history, whatever goes wrong in it."""

from __future__ import annotations

from random import Random

import pytest

from imagedrop_local.switches import Switches
from tests.simulation.bugs import BUGS
from tests.simulation.bugs.planting import Planting, find
from tests.simulation.histories import History
from tests.simulation.run import FOUND_WITHIN, Tally, tried
from tests.simulation.shrinking import Shrinking
from tests.simulation.switch_draw import WAYS, drawn

SEEDS, FEW, AT_ONCE = 2000, 200, 25  # FEW: those of `make test`; `make simulate` runs more


@pytest.mark.parametrize(
    "first", [pytest.param(first, marks=[pytest.mark.long] * (first >= FEW)) for first in range(0, SEEDS, AT_ONCE)]
)
def test_no_history_breaks_what_was_promised(first: int) -> None:
    tally = tried(range(first, first + AT_ONCE))
    assert tally.histories == AT_ONCE
    assert not tally.broken, f"make simulate SEED={tally.broken[0][0]} SHORT=1\n{tally.broken[0][1]}"


def test_one_seed_is_one_history() -> None:
    for seed in range(5):
        one, other = History(seed), History(seed)
        one.live()
        other.live()
        assert one.story() == other.story()


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    assert not History(bug.seed).live(), "the history breaks without the bug"
    # A change of the core changes what a seed draws: then other histories must find the bug.
    seeds = (bug.seed, *range(FOUND_WITHIN))
    assert find(bug.plant, monkeypatch, seeds), f"not found in {FOUND_WITHIN} histories"


def test_a_history_that_breaks_is_made_short_and_breaks_still(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS["no look-up after an unknown outcome"]
    bug.plant(Planting(monkeypatch))
    whole = History(bug.seed)
    whole.live()
    shrinking = Shrinking(bug.seed, tries=100)
    short = shrinking.shortest()
    assert short.checks.book.broken
    assert len(short.acts) - len(shrinking.less.acts) < len(whole.acts)
    assert len(short.log) < len(whole.log)


def test_every_switch_is_drawn_every_way() -> None:
    seen = [drawn(Random(seed)) for seed in range(300)]
    assert set(seen[0]) == set(Switches.model_fields)
    for name in Switches.model_fields:
        alone = len(set(WAYS.get(name, (False, True)))) == 1
        assert alone or len({one[name] for one in seen}) > 1, name


def test_tallies_add_up() -> None:
    tally = Tally(1, 2, 3, 24.0, 5, [(7, ["no"])])
    tally.add(Tally(1, 2, 3, 24.0, 5))
    assert str(tally) == "2 histories (4 ends, 6 imports, 10 things that went wrong, 2 virtual days), 1 broken"
