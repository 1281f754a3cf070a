"""`make mutants`: draws mutants, tries each, and prints what killed it.

python -m tests.mutants --seed 1 --count 300   a run that was interrupted continues where it stopped
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tests.mutants import report
from tests.mutants.covering import BrokenTests, Covering, measure
from tests.mutants.draw import Mutant, draw
from tests.mutants.trees import Tree, digest
from tests.mutants.trial import Outcome, first_broken_history, try_mutant

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "mutants"  # coverage and outcomes, by digest of code and tests


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="other mutants")
    parser.add_argument("--count", type=int, default=300, help="number of mutants")
    parser.add_argument("--processes", type=int, default=2, help="mutants tried at the same time")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    given = parser.parse_args()
    mutants = draw(ROOT, given.seed, given.count)
    if given.list:
        print("\n".join(f"{mutant.stratum:18} {mutant.key}" for mutant in mutants))
        return 0
    kept = KEPT / digest(ROOT)
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees = [Tree(ROOT, Path(folder) / str(number)) for number in range(given.processes)]
        try:
            covering = _covering(trees[0], kept / "covering.json", given.processes)
        except BrokenTests as error:
            print(f"Without a mutant, these tests fail:\n{error}", file=sys.stderr)
            return 2
        results = list(_try_all(mutants, trees, covering, kept / "outcomes.jsonl"))
    explained = report.explanations()
    print(report.report(sorted(results, key=lambda result: mutants.index(result[0])), explained))
    return not report.good_enough(results, explained)


def _covering(tree: Tree, kept: Path, processes: int) -> Covering:
    if not kept.exists():
        print("runs everything without a mutant, to see whether it passes and which code the tests cover", flush=True)
        if broken := first_broken_history(tree):
            raise BrokenTests(broken)
        measure(tree, processes).save(kept)
    return Covering.load(kept)


def _try_all(
    mutants: list[Mutant], trees: list[Tree], covering: Covering, kept: Path
) -> Iterator[tuple[Mutant, Outcome]]:
    known = _known(kept)
    free: queue.SimpleQueue[Tree] = queue.SimpleQueue()
    for tree in trees:
        free.put(tree)

    def tried(mutant: Mutant) -> tuple[Mutant, Outcome, float]:
        started = time.monotonic()
        if outcome := known.get(mutant.key):
            return mutant, outcome, 0
        tree = free.get()
        try:
            return mutant, try_mutant(tree, mutant, covering), time.monotonic() - started
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool, kept.open("a", encoding="utf-8") as file:
        for number, (mutant, outcome, seconds) in enumerate(pool.map(tried, mutants), 1):
            if mutant.key not in known:
                print(json.dumps([mutant.key, asdict(outcome)]), file=file, flush=True)
            print(
                f"{number:>3} {outcome.stage or 'SURVIVED':9} {seconds:4.0f} s  {mutant.key}  {outcome.by}", flush=True
            )
            yield mutant, outcome


def _known(kept: Path) -> dict[str, Outcome]:
    if not kept.exists():
        return {}
    entries = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    return {key: Outcome(**outcome) for key, outcome in entries}


if __name__ == "__main__":
    sys.exit(main())
