"""The block cache: every byte of an image is read through it, and it keeps the inspection within its budget.

The cost that matters is round trips: see replay.py. Blocks are kept until the end, so that each replay gets further
than the one before; the budget limits how many they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from imagedrop.inspection.budget import Budget, BudgetExceeded, Cost
from imagedrop.inspection.errors import PastEnd
from imagedrop.inspection.replay import NotFetched
from imagedrop.inspection.source import Range, Source, SourceChanged, reads_many

T = TypeVar("T")

BLOCK = 16 * 1024  # bytes: the unit of the cache, and the least that is fetched
WINDOW = 32 * 1024  # bytes: a read fetches the whole window, because its neighbours are often read next
MERGE_GAP = 2 * BLOCK  # two requests that are no further apart become one
MAX_HINTED = 32  # blocks that are fetched because of hints in one round trip
STEPS_PER_READ, BYTES_PER_STEP = 10, 32  # what one read costs, and working through its bytes
MAX_READ = 16 * 1024 * 1024  # bytes of one read, and of one prefetch


class BlockCache:
    """A file as the readers see it: `size`, `read`, `prefetch`."""

    def __init__(self, source: Source, budget: Budget) -> None:
        self.size, self.cost = source.size, Cost()
        self._source, self._budget = source, budget
        self._blocks: dict[int, bytes] = {}
        self._hinted = set[int]()
        self._replaying = False
        self._steps = 0
        self._started = self._now()

    def run(self, job: Callable[[], T]) -> T:
        """What `job` returns. Calls it again after each round trip, until all blocks that it reads are here."""
        while True:
            self._replaying = True
            try:
                return job()
            except NotFetched as error:
                missing = error.blocks | self._hinted
            finally:
                self._replaying = False
                self._hinted = set()
            self._fetch(sorted(number for number in missing if number not in self._blocks))

    def read(self, offset: int, length: int, window: int = WINDOW) -> bytes:
        """Exactly `length` bytes. Raises PastEnd, BudgetExceeded, SourceChanged and what the source raises."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise PastEnd(offset, length, self.size)
        if length > MAX_READ:
            raise ValueError(f"{length} bytes in one read")
        self.charge_steps(STEPS_PER_READ + length // BYTES_PER_STEP)
        first, last = offset // BLOCK, (offset + length - 1) // BLOCK
        if first == last and (block := self._blocks.get(first)):
            return block[offset - first * BLOCK : offset - first * BLOCK + length]
        wanted = range(first, last + 1)
        if any(number not in self._blocks for number in wanted):
            self._require(self._window_blocks(offset, length, window))
        return b"".join([self._blocks[number] for number in wanted])[offset - first * BLOCK :][:length]

    def prefetch(self, ranges: Iterable[Range], window: int = WINDOW) -> None:
        """Fetches what is missing of independent ranges at once; ignores what is past the end."""
        wanted = set[int]()
        for offset, length in ranges:
            end = min(offset + length, self.size)
            if not 0 <= offset < end or len(wanted) * BLOCK + (end - offset) > MAX_READ // 2:
                continue
            if any(number not in self._blocks for number in _blocks_of(offset, end - offset)):
                wanted.update(self._window_blocks(offset, end - offset, window))
        self._require(wanted)

    def hint(self, ranges: Iterable[Range]) -> None:
        """These ranges will likely be read soon: they are fetched with the next round trip, without causing one."""
        for offset, length in ranges:
            end = min(offset + length, self.size)
            if 0 <= offset < end and len(self._hinted) + (end - offset) // BLOCK < MAX_HINTED:
                self._hinted.update(_blocks_of(offset, end - offset))

    def charge_steps(self, steps: int) -> None:
        """Charges work on bytes that are here already. Raises BudgetExceeded."""
        self._steps += steps
        if self._steps > self._budget.steps:
            raise BudgetExceeded(self._budget.steps, "steps of work")

    def check_time(self) -> None:
        """Raises BudgetExceeded where the time is up: for work that reads nothing."""
        self.cost.seconds = self._now() - self._started
        if self.cost.seconds > self._budget.seconds:
            raise BudgetExceeded(self._budget.seconds, "seconds")

    def _window_blocks(self, offset: int, length: int, window: int) -> range:
        """The blocks of the aligned windows in which the range lies."""
        start = offset - offset % window
        end = min(-(-(offset + length) // window) * window, self.size)
        return _blocks_of(start, end - start)

    def _require(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._blocks]
        if missing and self._replaying:
            raise NotFetched(missing)
        self._fetch(sorted(missing))

    def _fetch(self, missing: Sequence[int]) -> None:
        requests = self._requests(missing)
        if len(requests) > 1 and reads_many(self._source):
            for request in requests:
                self._charge(request)
            self.cost.round_trips += 1
            answers: Iterable[bytes] = self._source.read_many(requests)
        else:
            answers = map(self._read_alone, requests)
        for request, data in zip(requests, answers, strict=True):
            self._keep(request, data)
        self.check_time()

    def _requests(self, missing: Sequence[int]) -> list[Range]:
        """Neighbouring blocks, and blocks that are near each other, become one request."""
        requests: list[Range] = []
        for number in missing:
            offset = number * BLOCK
            end = min(offset + BLOCK, self.size)
            if requests and offset - sum(requests[-1]) <= MERGE_GAP and end - requests[-1][0] <= MAX_READ:
                offset = requests.pop()[0]
            requests.append((offset, end - offset))
        return requests

    def _read_alone(self, request: Range) -> bytes:
        self._charge(request)
        self.cost.round_trips += 1
        return self._source.read(*request)

    def _charge(self, request: Range) -> None:
        self.check_time()
        if self.cost.gets >= self._budget.requests:
            raise BudgetExceeded(self._budget.requests, "requests")
        if self.cost.bytes + request[1] > self._budget.bytes:
            raise BudgetExceeded(self._budget.bytes, "bytes")
        self.cost.gets += 1
        self.cost.bytes += request[1]

    def _keep(self, request: Range, data: bytes) -> None:
        offset, length = request
        if len(data) != length:
            raise SourceChanged(f"{self._source.name}: {len(data)} bytes instead of {length}")
        for position in range(0, length, BLOCK):
            self._blocks[(offset + position) // BLOCK] = data[position : position + BLOCK]

    def _now(self) -> float:
        return self._budget.clock() if self._budget.clock else 0.0


def _blocks_of(offset: int, length: int) -> range:
    return range(offset // BLOCK, -(-(offset + length) // BLOCK))
