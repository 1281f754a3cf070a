"""Every byte of an image goes through one block cache, which counts, and one budget, which nothing can swallow.

The cost that counts is round trips: see rounds.py. What was read stays until the end, so that each run gets further
than the one before; the budget bounds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.inspection.budget import Budget, BudgetExceeded, Cost
from imagedrop.inspection.errors import PastEnd
from imagedrop.inspection.replay import NotFetched
from imagedrop.inspection.source import Range, Source, SourceChanged, reads_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")

BLOCK = 16 * 1024  # what is kept, and the least that is fetched
WINDOW = 32 * 1024  # what is fetched around a place that is read: its neighbours are often next
MERGE_GAP = 2 * BLOCK  # two requests that are no further apart become one
MAX_HINTED = 32  # blocks that are fetched on suspicion in one round trip
READ_STEPS, BYTES_A_STEP = 10, 32  # what one read costs, and looking through what it brought
MAX_READ = 16 * 1024 * 1024  # one read, and one prefetch


class BlockCache:
    """A file as its readers see it: `size`, `read`, `prefetch`."""

    def __init__(self, source: Source, budget: Budget) -> None:
        self.size, self.cost = source.size, Cost()
        self._source, self._budget = source, budget
        self._blocks: dict[int, bytes] = {}
        self._hinted = set[int]()
        self._running = False
        self._worked = 0
        self._began = self._now()

    def run(self, job: Callable[[], T]) -> T:
        """What `job` answers, in as few round trips as what it reads depends on what it has read."""
        while True:
            self._running = True
            try:
                return job()
            except NotFetched as stop:
                missing = stop.blocks | self._hinted
            finally:
                self._running = False
                self._hinted = set()
            self._fetch(sorted(number for number in missing if number not in self._blocks))

    def read(self, offset: int, length: int, window: int = WINDOW) -> bytes:
        """Exactly `length` bytes. Raises PastEnd, BudgetExceeded, SourceChanged and what the source raises."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise PastEnd(offset, length, self.size)
        if length > MAX_READ:
            raise ValueError(f"{length} bytes in one read")
        self.charge_steps(READ_STEPS + length // BYTES_A_STEP)
        first, last = offset // BLOCK, (offset + length - 1) // BLOCK
        if first == last and (block := self._blocks.get(first)):
            return block[offset - first * BLOCK : offset - first * BLOCK + length]
        wanted = range(first, last + 1)
        if any(number not in self._blocks for number in wanted):
            self._bring(self._around(offset, length, window))
        return b"".join([self._blocks[number] for number in wanted])[offset - first * BLOCK :][:length]

    def prefetch(self, ranges: Iterable[Range], window: int = WINDOW) -> None:
        """Reads what is missing of independent places at once; what lies behind the end is left out."""
        wanted = set[int]()
        for offset, length in ranges:
            end = min(offset + length, self.size)
            if not 0 <= offset < end or len(wanted) * BLOCK + (end - offset) > MAX_READ // 2:
                continue
            if any(number not in self._blocks for number in _blocks_of(offset, end - offset)):
                wanted.update(self._around(offset, end - offset, window))
        self._bring(wanted)

    def hint(self, ranges: Iterable[Range]) -> None:
        """These places will likely be read soon: they are fetched with what is waited for next, and not waited for."""
        for offset, length in ranges:
            end = min(offset + length, self.size)
            if 0 <= offset < end and len(self._hinted) + (end - offset) // BLOCK < MAX_HINTED:
                self._hinted.update(_blocks_of(offset, end - offset))

    def charge_steps(self, steps: int) -> None:
        """Charges work on what is here already. Raises BudgetExceeded."""
        self._worked += steps
        if self._worked > self._budget.steps:
            raise BudgetExceeded(self._budget.steps, "steps of work")

    def check_time(self) -> None:
        """Raises BudgetExceeded where the time is up: for work that reads nothing."""
        self.cost.seconds = self._now() - self._began
        if self.cost.seconds > self._budget.seconds:
            raise BudgetExceeded(self._budget.seconds, "seconds")

    def _around(self, offset: int, length: int, window: int) -> range:
        """The blocks of the aligned windows in which the range lies."""
        start = offset - offset % window
        end = min(-(-(offset + length) // window) * window, self.size)
        return _blocks_of(start, end - start)

    def _bring(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._blocks]
        if missing and self._running:
            raise NotFetched(missing)
        self._fetch(sorted(missing))

    def _fetch(self, missing: Sequence[int]) -> None:
        runs = self._runs(missing)
        if len(runs) > 1 and reads_many(self._source):
            for run in runs:
                self._charge(run)
            self.cost.round_trips += 1
            answers: Iterable[bytes] = self._source.read_many(runs)
        else:
            answers = map(self._read_one, runs)
        for run, data in zip(runs, answers, strict=True):
            self._keep(run, data)
        self.check_time()

    def _runs(self, missing: Sequence[int]) -> list[Range]:
        """Neighbouring blocks become one request, and so do those that are near each other."""
        runs: list[Range] = []
        for number in missing:
            offset = number * BLOCK
            end = min(offset + BLOCK, self.size)
            if runs and offset - sum(runs[-1]) <= MERGE_GAP and end - runs[-1][0] <= MAX_READ:
                offset = runs.pop()[0]
            runs.append((offset, end - offset))
        return runs

    def _read_one(self, run: Range) -> bytes:
        self._charge(run)
        self.cost.round_trips += 1
        return self._source.read(*run)

    def _charge(self, run: Range) -> None:
        self.check_time()
        if self.cost.gets >= self._budget.requests:
            raise BudgetExceeded(self._budget.requests, "requests")
        if self.cost.bytes + run[1] > self._budget.bytes:
            raise BudgetExceeded(self._budget.bytes, "bytes")
        self.cost.gets += 1
        self.cost.bytes += run[1]

    def _keep(self, run: Range, data: bytes) -> None:
        offset, length = run
        if len(data) != length:
            raise SourceChanged(f"{self._source.name}: {len(data)} bytes came where {length} were")
        for at in range(0, length, BLOCK):
            self._blocks[(offset + at) // BLOCK] = data[at : at + BLOCK]

    def _now(self) -> float:
        return self._budget.clock() if self._budget.clock else 0.0


def _blocks_of(offset: int, length: int) -> range:
    return range(offset // BLOCK, -(-(offset + length) // BLOCK))
