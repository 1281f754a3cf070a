"""`make fuzz RUNS=n`, or by hand:

python -m tests.fuzz --runs 100000             python -m tests.fuzz --seed 42
python -m tests.fuzz tests/fuzz/found/42.json  (a case that was kept)
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
from tests.fuzz.tally import Tally
from tests.fuzz.trials import Outcome, tried
from tests.fuzz.workers import Answer, run_all

FOUND = Path(__file__).parent / "found"
PROCESSES = 2
SHOWN_MOST = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone, told, made smaller and kept if it breaks something")
    parser.add_argument("--folder", type=Path, help="where the images are unpacked, and left for the next time")
    parser.add_argument("case", nargs="?", type=Path, help="a file of a case")
    given = parser.parse_args()
    with _folder(given.folder) as folder:
        subjects = _subjects(folder)
        if given.case:
            return tell(subjects, Case.load(given.case))
        if given.seed is not None:
            return tell(subjects, subjects.case(given.seed))
        return run(subjects, range(given.first, given.first + given.runs))


def _subjects(folder: Path) -> Subjects:
    """Made by a process of its own first: what that held in memory would count as the inspections'."""
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
    tally, broken, began = Tally(), dict[int, str](), time.monotonic()

    def note(answer: Answer) -> None:
        tally.merge(answer.tally)
        for seed, why in answer.broken:
            if len(broken) < SHOWN_MOST:
                print(f"seed {seed}: {why.strip().splitlines()[-1]}", flush=True)
            broken[seed] = why
        if sys.stderr.isatty():
            print(f"\r{tally.rows['', 'all'].runs} of {len(seeds)}", end="", file=sys.stderr, flush=True)

    run_all(subjects, seeds, PROCESSES, note)
    print("\n".join(tally.lines()))
    print(
        f"{len(seeds)} runs of {len(subjects.names)} images in {time.monotonic() - began:.0f} s, {len(broken)} broken"
    )
    return bool(broken)


def tell(subjects: Subjects, case: Case) -> int:
    subject = subjects[case.image]
    outcome = tried(case, subject)
    if outcome.broken:
        case = case.smaller(lambda less: _same(outcome, tried(less, subject)))
        print("kept as", case.save(FOUND, outcome.broken.strip().splitlines()[-1]))
    _show(case, subject, outcome)
    return bool(outcome.broken)


def _same(one: Outcome, other: Outcome) -> bool:
    """Whether both broke in the same way, as far as the first words of the last line tell."""
    return bool(other.broken) and _kind(one) == _kind(other)


def _kind(outcome: Outcome) -> list[str]:
    return (outcome.broken or "").strip().splitlines()[-1].split()[:4]


def _show(case: Case, subject: Subject, outcome: Outcome) -> None:
    print(f"{case.image}, {case.reader}, file of {case.size or subject.file.size} bytes, sealed: {case.sealed}")
    for patch in case.all_patches(subject):
        print(f"{patch.offset:#x}: {patch.data[:32].hex()}{'...' * (len(patch.data) > 32)} ({len(patch.data)})")
    print(f"{outcome.seconds * 1000:.0f} ms, {outcome.peak >> 20} MB, {', '.join(sorted(outcome.findings))}")
    print(outcome.broken or "it holds")


if __name__ == "__main__":
    sys.exit(main())
