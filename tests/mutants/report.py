"""The table of a run, its survivors with their explanations, and whether the run is good enough."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.mutants.draw import Mutant
from tests.mutants.strata import CORE
from tests.mutants.trial import Outcome

ENOUGH = 0.9  # of the mutants must be killed
EXPLANATIONS = Path(__file__).with_name("survivors.toml")
STAGES = ("unit", "contract", "histories", None)

Results = Sequence[tuple[Mutant, Outcome]]
Explained = Mapping[tuple[str, str, str], str]


def explanations(path: Path = EXPLANATIONS) -> Explained:
    """By place, old and new code, without line numbers: they stay true if other lines change."""
    entries = tomllib.loads(path.read_text("utf-8")).get("survivor", [])
    return {(entry["at"], entry["was"], entry["now"]): entry["because"] for entry in entries}


def place(mutant: Mutant) -> str:
    return f"{Path(mutant.path).relative_to(CORE)} {mutant.function}".rstrip()


def because(mutant: Mutant, explained: Explained) -> str | None:
    return explained.get((place(mutant), mutant.was, mutant.now))


def good_enough(results: Results, explained: Explained) -> bool:
    survivors = [mutant for mutant, outcome in results if outcome.stage is None]
    killed = len(results) - len(survivors)
    return killed >= ENOUGH * len(results) and all(because(mutant, explained) for mutant in survivors)


def report(results: Results, explained: Explained) -> str:
    lines = [_row("stratum", "mutants", "unit", "contract", "histories", "survived", "killed")]
    for stratum in dict.fromkeys(mutant.stratum for mutant, _ in results):
        lines += [_counts(stratum, [outcome for mutant, outcome in results if mutant.stratum == stratum])]
    lines.append(_counts("all", [outcome for _, outcome in results]))
    for mutant, outcome in results:
        if outcome.stage is None:
            lines += ["", *_survivor(mutant, because(mutant, explained))]
    return "\n".join(lines)


def _counts(title: str, outcomes: Sequence[Outcome]) -> str:
    by_stage = [sum(outcome.stage == stage for outcome in outcomes) for stage in STAGES]
    killed = 1 - by_stage[-1] / len(outcomes)
    return _row(title, str(len(outcomes)), *map(str, by_stage), f"{killed:.0%}")


def _row(title: str, *values: str) -> str:
    return f"{title:18}" + "".join(f"{value:>10}" for value in values)


def _survivor(mutant: Mutant, why: str | None) -> list[str]:
    return [
        f"{mutant.path}:{mutant.lines.start} {mutant.function}",
        f"  was {mutant.was}",
        f"  now {mutant.now}",
        f"  {why or 'NOT EXPLAINED: write a test, or explain it in ' + EXPLANATIONS.name}",
    ]
