"""Very many trials in a few processes. If a process dies or hangs, the trial of its seed is broken."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.fuzz.cases import Case, Subjects
from tests.fuzz.totals import Totals
from tests.fuzz.trials import bounded, run_case

BATCH = 50
HANGS_AFTER = 60.0  # seconds without an answer
FORKED = multiprocessing.get_context("fork")  # so that each image is inspected only once


class Broken(NamedTuple):
    seed: int
    why: str


class Answer(NamedTuple):
    """The results of one batch."""

    totals: Totals
    broken: list[Broken]


def run_all(subjects: Subjects, seeds: range, processes: int, each: Callable[[Answer], None]) -> None:
    """Calls `each` with every answer as it comes."""
    for name in subjects.names:
        subjects[name]
    batches = iter([seeds[at : at + BATCH] for at in range(0, len(seeds), BATCH)])
    workers = [_Worker(subjects) for _ in range(processes)]
    with contextlib.ExitStack() as stack:
        for worker in workers:
            stack.callback(worker.stop)
        for answer in _answers(workers, batches):
            each(answer)


def _answers(workers: list[_Worker], batches: Iterator[range]) -> Iterator[Answer]:
    idle, busy = list(workers), list[_Worker]()
    while True:
        while idle and (batch := next(batches, None)) is not None:
            idle[-1].give(batch)
            busy.append(idle.pop())
        if not busy:
            return
        for worker in list(busy):
            answer = worker.answer(0.2)
            if answer is not None:
                busy.remove(worker)
                idle.append(worker)
                yield answer


class _Worker:
    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects
        self._start()

    def _start(self) -> None:
        self._at = FORKED.Value("q", 0)
        self._given: Any = FORKED.SimpleQueue()
        self._answers: Any = FORKED.Queue()
        self._process = FORKED.Process(target=_work, args=(self._subjects, self._given, self._answers, self._at))
        self._process.start()

    def give(self, batch: range) -> None:
        self._batch, self._since = batch, time.monotonic()
        self._given.put(batch)

    def answer(self, patience: float) -> Answer | None:
        """None if there is none within `patience` seconds. If the process died, the rest of the batch is skipped."""
        with contextlib.suppress(queue.Empty):
            found: Answer = self._answers.get(timeout=patience)
            return found
        if self._process.is_alive() and time.monotonic() - self._since < HANGS_AFTER + len(self._batch):
            return None
        why = "it hangs" if self._process.is_alive() else f"the process died ({self._process.exitcode})"
        seed = self._at.value
        self.stop()
        self._start()
        return Answer(Totals(), [Broken(seed, why)])

    def stop(self) -> None:
        self._process.kill()
        self._process.join()


def _work(subjects: Subjects, given: Any, answers: Any, at: Any) -> None:
    bounded()
    parent = os.getppid()
    while os.getppid() == parent:
        batch, answer = given.get(), Answer(Totals(), [])
        for seed in batch:
            at.value = seed
            run_and_note(subjects, subjects.case(seed), answer)
        answers.put(answer)


def run_and_note(subjects: Subjects, case: Case, answer: Answer) -> None:
    subject = subjects[case.image]
    outcome = run_case(case, subject)
    answer.totals.note(case, subject.before.facts.format or "?", outcome)
    if outcome.broken:
        answer.broken.append(Broken(case.seed, outcome.broken))
