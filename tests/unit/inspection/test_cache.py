"""The block cache: what is fetched, how often, and what it may cost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.cache import BLOCK, BLOCKS, READ_MOST, BlockCache, BudgetExceeded
from imagedrop.inspection.errors import PastEnd
from imagedrop.inspection.source import Range, SideBySide, SourceChanged
from tests.unit.inspection.images import Memory, fixture, ids

DATA = bytes(number * 7 % 251 for number in range(5 * BLOCK + 100))


class Recorder(Memory):
    def __init__(self, data: bytes, size: int | None = None) -> None:
        super().__init__(data, size)
        self.asked: list[Range] = []

    def read(self, offset: int, length: int) -> bytes:
        self.asked.append((offset, length))
        return super().read(offset, length)


class Many(Recorder):
    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        return [self.read(*one) for one in ranges]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DATA)), st.integers(0, len(DATA))), max_size=6))
def test_any_reads_answer_the_bytes_that_are_there(reads: list[Range]) -> None:
    cache = BlockCache(Memory(DATA), Budget())
    for offset, length in reads:
        if offset + length <= len(DATA):
            assert cache.read(offset, length) == DATA[offset : offset + length]
        else:
            with pytest.raises(PastEnd):
                cache.read(offset, length)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, len(DATA) + 5), st.integers(0, 2 * len(DATA))), max_size=6))
def test_what_is_prefetched_lies_inside_and_is_read_without_a_request(ranges: list[Range]) -> None:
    source = Many(DATA)
    cache = BlockCache(source, Budget())
    cache.prefetch(ranges)
    assert cache.cost.round_trips == min(1, len(source.asked))
    before = cache.cost.gets
    for offset, length in ranges:
        if offset >= 0 and length and offset + length <= len(DATA):
            assert cache.read(offset, length) == DATA[offset : offset + length]
    assert cache.cost.gets == before
    assert all(0 <= offset < offset + length <= len(DATA) for offset, length in source.asked)


def test_neighbouring_blocks_are_one_request() -> None:
    source = Recorder(DATA)
    BlockCache(source, Budget()).read(BLOCK - 1, BLOCK + 2)
    assert source.asked == [(0, 3 * BLOCK)]


def test_a_block_that_is_there_parts_a_request_in_two() -> None:
    source = Recorder(DATA)
    cache = BlockCache(source, Budget())
    cache.read(BLOCK, 1)
    cache.read(0, 3 * BLOCK)
    assert source.asked == [(BLOCK, BLOCK), (0, BLOCK), (2 * BLOCK, BLOCK)]


def test_the_block_that_was_used_longest_ago_goes_first() -> None:
    source = Recorder(b"", (BLOCKS + 2) * BLOCK)
    cache = BlockCache(source, Budget(requests=10_000))
    for number in range(BLOCKS):
        cache.read(number * BLOCK, 1)
    cache.read(0, 1)
    cache.read(BLOCKS * BLOCK, 1)
    asked = len(source.asked)
    cache.read(0, 1)
    assert len(source.asked) == asked
    cache.read(BLOCK, 1)
    assert len(source.asked) == asked + 1


def test_a_read_that_would_fill_the_memory_is_refused() -> None:
    cache = BlockCache(Memory(b"", 1 << 40), Budget())
    with pytest.raises(ValueError, match="in one read"):
        cache.read(0, READ_MOST + 1)
    cache.prefetch([(0, 1 << 39)])
    assert cache.cost.gets == 0


@pytest.mark.parametrize(
    ("budget", "unit"),
    [
        (Budget(requests=2), "requests"),
        (Budget(bytes=3 * BLOCK), "bytes"),
        (Budget(seconds=2.5, clock=iter(range(99)).__next__), "seconds"),
    ],
)
def test_a_budget_that_is_used_up_ends_it_and_no_handler_of_exceptions_sees_it(budget: Budget, unit: str) -> None:
    cache = BlockCache(Memory(b"", 1 << 30), budget)

    def careless() -> None:
        for number in range(10):
            with contextlib.suppress(Exception):
                cache.read(2 * number * BLOCK, 1)

    with pytest.raises(BudgetExceeded) as stopped:
        careless()
    assert stopped.value.unit == unit


def test_a_budget_that_is_used_up_is_a_finding_with_what_was_seen_until_then() -> None:
    seen = inspect(Memory(fixture("gpt.raw")), file_name="a.raw", budget=Budget(requests=2))
    assert "image.budget" in ids(seen)
    assert (seen.facts.format, seen.facts.virtual_size, seen.read.gets) == ("raw", 12 << 20, 2)


def test_side_by_side_runs_the_calls_together_in_their_order() -> None:
    batches: list[int] = []

    def together(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        batches.append(len(calls))
        return [call() for call in calls]

    cache = BlockCache(SideBySide(Memory(DATA), together), Budget())
    cache.prefetch([(0, 1), (2 * BLOCK, 1), (4 * BLOCK, 1)])
    assert batches == [3]
    assert (cache.cost.gets, cache.cost.round_trips) == (3, 1)
    assert cache.read(4 * BLOCK, 50) == DATA[4 * BLOCK : 4 * BLOCK + 50]


def test_a_short_answer_means_that_the_content_changed() -> None:
    class Short(Memory):
        def read(self, offset: int, length: int) -> bytes:
            return super().read(offset, length)[:-1]

    with pytest.raises(SourceChanged):
        inspect(Short(DATA), file_name="a.raw")
