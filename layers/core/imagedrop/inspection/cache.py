"""Every byte of an image goes through one block cache, which counts, and one budget, which nothing can swallow."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from imagedrop.inspection.errors import PastEnd
from imagedrop.inspection.source import ManyAtOnce, Range, Source, SourceChanged

BLOCK = 64 * 1024  # measured: smaller blocks cost more requests, larger ones only bytes
BLOCKS = 256  # 16 MiB kept
READ_MOST = 16 * 1024 * 1024  # one read, and one prefetch


class BudgetExceeded(BaseException):
    """The inspection cost more than it may. No Exception: a reader that tries and catches must not go on."""

    def __init__(self, limit: float, unit: str) -> None:
        super().__init__(f"more than {limit:g} {unit}")
        self.limit, self.unit = limit, unit


@dataclass(frozen=True, slots=True)
class Budget:
    """What one inspection may cost. `clock`: monotonic seconds, handed in; without one time is not limited."""

    requests: int = 300
    bytes: int = 64 * 1024 * 1024
    seconds: float = 120.0
    clock: Callable[[], float] | None = None


@dataclass(slots=True)
class Cost:
    """What it did cost. `round_trips`: requests that had to wait for one another; `seconds`: since the first."""

    gets: int = 0
    bytes: int = 0
    round_trips: int = 0
    seconds: float = 0.0


class BlockCache:
    """A file as its readers see it: `size`, `read`, `prefetch`. Least recently used blocks go first."""

    def __init__(self, source: Source, budget: Budget) -> None:
        self.size, self.cost = source.size, Cost()
        self._source, self._budget = source, budget
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._began = self._now()

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes. Raises PastEnd, BudgetExceeded, SourceChanged and what the source raises."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise PastEnd(offset, length, self.size)
        if length > READ_MOST:
            raise ValueError(f"{length} bytes in one read")
        wanted = _blocks_of(offset, length)
        self._fetch(wanted)
        data = b"".join([self._touch(number) for number in wanted])
        self._trim()
        at = offset - wanted.start * BLOCK
        return data if at == 0 and len(data) == length else data[at : at + length]

    def prefetch(self, ranges: Iterable[Range]) -> None:
        """Reads what is missing of independent places at once; what lies behind the end is left out."""
        wanted: dict[int, None] = {}
        for offset, length in ranges:
            end = min(offset + length, self.size)
            if 0 <= offset < end and len(wanted) * BLOCK + (end - offset) <= READ_MOST // 2:
                wanted.update(dict.fromkeys(_blocks_of(offset, end - offset)))
        self._fetch(sorted(wanted))
        self._trim()

    def check_time(self) -> None:
        """Raises BudgetExceeded where the time is up: for work that reads nothing."""
        self.cost.seconds = self._now() - self._began
        if self.cost.seconds > self._budget.seconds:
            raise BudgetExceeded(self._budget.seconds, "seconds")

    def _fetch(self, numbers: Sequence[int]) -> None:
        runs = self._runs([number for number in numbers if number not in self._blocks])
        if not runs:
            return
        if len(runs) > 1 and isinstance(self._source, ManyAtOnce):
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
        """Neighbouring blocks become one request."""
        runs: list[Range] = []
        for number in missing:
            offset = number * BLOCK
            length = min(BLOCK, self.size - offset)
            if runs and sum(runs[-1]) == offset:
                offset, length = runs[-1][0], runs.pop()[1] + length
            runs.append((offset, length))
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

    def _touch(self, number: int) -> bytes:
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _trim(self) -> None:
        while len(self._blocks) > BLOCKS:
            self._blocks.popitem(last=False)

    def _now(self) -> float:
        return self._budget.clock() if self._budget.clock else 0.0


def _blocks_of(offset: int, length: int) -> range:
    return range(offset // BLOCK, -(-(offset + length) // BLOCK))
