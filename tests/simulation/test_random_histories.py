"""Random histories: at most one image per drop, every drop ends and its end is notified, whatever goes wrong."""

from __future__ import annotations

from random import Random

import pytest

from imagedrop_local.switches import Switches
from tests.simulation.bugs import BUGS
from tests.simulation.bugs.planting import Planting, find
from tests.simulation.histories import History
from tests.simulation.run import FOUND_WITHIN, Tally, run_parallel, run_seeds
from tests.simulation.shrinking import Shrinking
from tests.simulation.situations import NEEDED_AFTER, never_seen
from tests.simulation.switch_draw import VALUES, draw_switches

SHORT_SEEDS, PER_TEST = 200, 25  # of `make test`; `make simulate` runs more


@pytest.mark.parametrize("first", range(0, SHORT_SEEDS, PER_TEST))
def test_all_checks_hold_in_random_histories(first: int) -> None:
    tally = run_seeds(range(first, first + PER_TEST))
    assert tally.histories == PER_TEST
    assert not tally.broken, _first_broken(tally)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_all_checks_hold_and_every_situation_happens_in_2000_other_histories() -> None:
    for tally in run_parallel(NEEDED_AFTER, first=SHORT_SEEDS):
        assert not tally.broken, _first_broken(tally)
    assert tally.histories == NEEDED_AFTER
    assert not never_seen(tally.situations)


def _first_broken(tally: Tally) -> str:
    seed, broken = tally.broken[0]
    return f"make simulate SEED={seed} SHORT=1\n{broken}"


def test_a_history_that_the_simulation_cannot_run_counts_as_broken() -> None:
    class Unfinished(History):
        def run(self) -> list[str]:
            raise LookupError(self.seed)

    assert run_seeds([4, 7], Unfinished).broken == [
        (seed, [f"the simulation itself fails: LookupError({seed})"]) for seed in (4, 7)
    ]


def test_same_seed_gives_same_history() -> None:
    for seed in range(5):
        first, second = History(seed), History(seed)
        first.run()
        second.run()
        assert first.text() == second.text()


@pytest.mark.timeout(600)  # if another history must be found
@pytest.mark.parametrize("name", BUGS)
def test_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    assert not History(bug.seed).run(), "the history breaks without the bug"
    # A change of the core changes what a seed draws: then another history must find the bug.
    seeds = (bug.seed, *range(FOUND_WITHIN))
    assert find(bug.plant, monkeypatch, seeds), f"not found in {FOUND_WITHIN} histories"


def test_shortened_history_still_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS["no look-up after an unknown outcome"]
    bug.plant(Planting(monkeypatch))
    whole = History(bug.seed)
    whole.run()
    shrinking = Shrinking(bug.seed, tries=100)
    short = shrinking.shortest()
    assert short.checks.record.broken
    assert len(short.actions) - len(shrinking.reduction.actions) < len(whole.actions)
    assert len(short.lines) < len(whole.lines)


def test_every_switch_is_drawn_with_different_values() -> None:
    drawn = [draw_switches(Random(seed)) for seed in range(300)]
    simulated = {name for name in Switches.model_fields if not name.startswith("eg_")}
    assert set(drawn[0]) == simulated
    for name in simulated:
        has_one_value = len(set(VALUES.get(name, (False, True)))) == 1
        assert has_one_value or len({switches[name] for switches in drawn}) > 1, name


def test_tallies_are_added_up() -> None:
    tally = Tally(1, 2, 3, 24.0, 5, broken=[(7, ["no"])])
    tally.add(Tally(1, 2, 3, 24.0, 5))
    assert str(tally) == "2 histories (4 ends, 6 imports, 10 faults, 2 virtual days), 1 broken"
