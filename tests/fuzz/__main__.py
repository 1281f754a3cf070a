"""`make fuzz RUNS=n`, or by hand:

python -m tests.fuzz --runs 100000             python -m tests.fuzz --seed 42
python -m tests.fuzz tests/fuzz/found/42.json  (a case that was saved)
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.cases import Case, Subject, Subjects
from tests.fuzz.totals import Totals
from tests.fuzz.trials import Outcome, run_case
from tests.fuzz.workers import Answer, run_all

FOUND = Path(__file__).parent / "found"
PROCESSES = 2
MAX_SHOWN = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000, help="number of seeds to try")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="try this seed alone; if it breaks a rule, print, reduce and save it")
    parser.add_argument("--folder", type=Path, help="folder for the unpacked images; kept for the next run")
    parser.add_argument("case", nargs="?", type=Path, help="a saved case")
    given = parser.parse_args()
    with _folder(given.folder) as folder:
        subjects = _subjects(folder)
        if given.case:
            return show(subjects, Case.load(given.case))
        if given.seed is not None:
            return show(subjects, subjects.case(given.seed))
        return run(subjects, range(given.first, given.first + given.runs))


def _subjects(folder: Path) -> Subjects:
    """Created in a process of its own: the memory it needs would be counted as that of the inspections."""
    making = multiprocessing.Process(target=_make, args=(folder,))
    making.start()
    making.join()
    return Subjects(folder)


def _make(folder: Path) -> None:
    subjects = Subjects(folder)
    for name in subjects.names:
        subjects[name]


@contextlib.contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="fuzz-", dir="/var/tmp") as name:
            yield Path(name)
    else:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted


def run(subjects: Subjects, seeds: range) -> int:
    totals, broken, began = Totals(), dict[int, str](), time.monotonic()

    def note(answer: Answer) -> None:
        totals.merge(answer.totals)
        for seed, why in answer.broken:
            if len(broken) < MAX_SHOWN:
                print(f"seed {seed}: {why.strip().splitlines()[-1]}", flush=True)
            broken[seed] = why
        if sys.stderr.isatty():
            print(f"\r{totals.rows['', 'all'].runs} of {len(seeds)}", end="", file=sys.stderr, flush=True)

    run_all(subjects, seeds, PROCESSES, note)
    print("\n".join(totals.lines()))
    print(
        f"{len(seeds)} runs of {len(subjects.names)} images in {time.monotonic() - began:.0f} s, {len(broken)} broken"
    )
    return bool(broken)


def show(subjects: Subjects, case: Case) -> int:
    subject = subjects[case.image]
    outcome = run_case(case, subject)
    if outcome.broken:
        case = case.reduced(lambda fewer: _same(outcome, run_case(fewer, subject)))
        print("saved as", case.save(FOUND, outcome.broken.strip().splitlines()[-1]))
    _print(case, subject, outcome)
    return bool(outcome.broken)


def _same(outcome: Outcome, other: Outcome) -> bool:
    """Whether both broke in the same way, by the first words of the last line."""
    return bool(other.broken) and _kind(outcome) == _kind(other)


def _kind(outcome: Outcome) -> list[str]:
    return (outcome.broken or "").strip().splitlines()[-1].split()[:4]


def _print(case: Case, subject: Subject, outcome: Outcome) -> None:
    size = case.size or subject.file.size
    print(f"{case.image}, {case.reader}, file of {size} bytes, checksums fixed: {case.checksums_fixed}")
    for patch in case.all_patches(subject):
        print(f"{patch.offset:#x}: {patch.data[:32].hex()}{'...' * (len(patch.data) > 32)} ({len(patch.data)})")
    print(f"{outcome.seconds * 1000:.0f} ms, {outcome.peak >> 20} MB, {', '.join(sorted(outcome.findings))}")
    print(outcome.broken or "no rule is broken")


if __name__ == "__main__":
    sys.exit(main())
