"""The block cache: which bytes it requests, how often, and how the budget ends it."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection import Budget, inspect
from imagedrop.inspection.block_cache import BLOCK, MAX_READ, MERGE_GAP, WINDOW, BlockCache
from imagedrop.inspection.budget import BudgetExceeded
from imagedrop.inspection.errors import PastEnd
from imagedrop.inspection.source import ParallelSource, Range, SourceChanged
from tests.unit.inspection.images import MemorySource, disk_finding_ids, fixture
from tests.unit.inspection.recorders import ParallelRecorder, Recorder, blocks_of

DATA = random.Random(1).randbytes(9 * BLOCK + 100)
FAR = 1 << 20  # far from every other range
LARGE = 1 << 30


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DATA)), st.integers(0, len(DATA))), max_size=6))
def test_any_read_returns_the_bytes_of_the_file(reads: list[Range]) -> None:
    cache = BlockCache(MemorySource(DATA), Budget())
    for offset, length in reads:
        if offset + length <= len(DATA):
            assert cache.read(offset, length) == DATA[offset : offset + length]
        else:
            with pytest.raises(PastEnd):
                cache.read(offset, length)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-5, len(DATA) + 5), st.integers(0, 2 * len(DATA))), max_size=6))
def test_prefetch_requests_only_bytes_of_the_file_and_reading_them_costs_no_request(ranges: list[Range]) -> None:
    source = ParallelRecorder(DATA)
    cache = BlockCache(source, Budget())
    cache.prefetch(ranges)
    assert cache.cost.round_trips == min(1, len(source.requests))
    before = cache.cost.gets
    for offset, length in ranges:
        if offset >= 0 and length and offset + length <= len(DATA):
            cache.read(offset, length)
    assert cache.cost.gets == before
    assert all(0 <= offset < offset + length <= len(DATA) for offset, length in source.requests)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(1, 3 * BLOCK)), max_size=8))
def test_no_request_begins_or_ends_with_a_cached_block(reads: list[Range]) -> None:
    """A cached block between two missing ones may be fetched again: another request would cost more."""
    source, cached = Recorder(DATA), set[int]()
    cache = BlockCache(source, Budget())
    for offset, length in reads:
        cache.read(offset, min(length, len(DATA) - offset))
    for request in source.requests:
        blocks = blocks_of(request)
        assert cached.isdisjoint((blocks[0], blocks[-1]))
        cached.update(blocks)


@pytest.mark.parametrize("outside", [(-1, 1), (0, len(DATA) + 1), (len(DATA), 1), (len(DATA) + 1, 0), (0, -1)])
def test_a_read_outside_the_file_raises_and_makes_no_request(outside: Range) -> None:
    source = Recorder(DATA)
    with pytest.raises(PastEnd):
        BlockCache(source, Budget()).read(*outside)
    assert source.requests == []


def test_a_read_fetches_its_window_and_the_last_window_ends_with_the_file() -> None:
    source = Recorder(DATA)
    cache = BlockCache(source, Budget())
    cache.read(WINDOW + BLOCK, 1)
    cache.read(len(DATA) - 1, 1)
    assert source.requests == [(WINDOW, WINDOW), (4 * WINDOW, len(DATA) - 4 * WINDOW)]


@pytest.mark.parametrize(("window", "requested"), [(BLOCK, (3 * BLOCK, BLOCK)), (4 * BLOCK, (0, 4 * BLOCK))])
def test_a_read_can_use_another_window(window: int, requested: Range) -> None:
    source = Recorder(DATA)
    BlockCache(source, Budget()).read(3 * BLOCK, 1, window)
    assert source.requests == [requested]


def test_neighbouring_windows_are_one_request() -> None:
    source = Recorder(DATA)
    BlockCache(source, Budget()).read(WINDOW - 1, WINDOW + 2)
    assert source.requests == [(0, 3 * WINDOW)]


@pytest.mark.parametrize(("gap", "requests"), [(MERGE_GAP, 1), (MERGE_GAP + BLOCK, 2)])
def test_requests_near_each_other_are_merged(gap: int, requests: int) -> None:
    source = ParallelRecorder(b"", LARGE)
    BlockCache(source, Budget()).prefetch([(0, 1), (BLOCK + gap, 1)], BLOCK)
    assert len(source.requests) == requests


def test_merged_requests_are_no_larger_than_the_maximum() -> None:
    source = ParallelRecorder(b"", LARGE)
    cache = BlockCache(source, Budget(steps=1 << 30))

    def job() -> None:
        cache.hint([(0, 1)])
        cache.read(BLOCK, MAX_READ)

    cache.run(job)
    assert max(length for _, length in source.requests) == MAX_READ


def test_reads_and_prefetches_larger_than_the_maximum_are_not_made() -> None:
    cache = BlockCache(MemorySource(b"", 1 << 40), Budget())
    with pytest.raises(ValueError, match="in one read"):
        cache.read(0, MAX_READ + 1)
    cache.prefetch([(0, 1 << 39)])
    cache.prefetch([(number * FAR, FAR) for number in range(1000)])
    assert cache.cost.bytes <= MAX_READ


@pytest.mark.parametrize(
    ("budget", "unit"),
    [
        (Budget(requests=2), "requests"),
        (Budget(bytes=3 * WINDOW), "bytes"),
        (Budget(seconds=4.5, clock=iter(range(99)).__next__), "seconds"),
    ],
)
@pytest.mark.parametrize("source", [Recorder, ParallelRecorder])
def test_an_exceeded_budget_ends_the_inspection_past_handlers_of_exception(
    budget: Budget, unit: str, source: type[Recorder]
) -> None:
    recorder = source(b"", LARGE)
    cache = BlockCache(recorder, budget._replace(clock=iter(range(99)).__next__) if budget.clock else budget)

    def careless() -> None:
        for number in range(10):
            with contextlib.suppress(Exception):
                cache.prefetch([(2 * number * FAR, 1), (2 * number * FAR + FAR, 1)])

    with pytest.raises(BudgetExceeded) as stopped:
        careless()
    assert stopped.value.unit == unit
    assert len(recorder.requests) <= 3


def test_requests_that_exceed_the_budget_are_not_made() -> None:
    source = ParallelRecorder(b"", LARGE)
    cache = BlockCache(source, Budget(requests=2))
    with pytest.raises(BudgetExceeded):
        cache.prefetch([(0, 1), (FAR, 1), (2 * FAR, 1)])
    assert source.requests == []


def test_check_time_limits_work_that_reads_nothing() -> None:
    cache = BlockCache(MemorySource(DATA), Budget(seconds=1, clock=iter((0.0, 0.5, 2.0)).__next__))
    cache.check_time()
    with pytest.raises(BudgetExceeded):
        cache.check_time()
    assert cache.cost.seconds == 2.0


def test_an_exceeded_budget_is_a_finding_and_the_facts_known_so_far_are_kept() -> None:
    inspection = inspect(MemorySource(fixture("gpt.raw")), file_name="a.raw", budget=Budget(requests=2))
    assert "image.budget" in disk_finding_ids(inspection)
    assert (inspection.facts.format, inspection.facts.virtual_size, inspection.read.gets) == ("raw", 12 << 20, 2)


def test_a_parallel_source_runs_its_reads_at_once_and_keeps_their_order() -> None:
    batches: list[int] = []

    def run_parallel(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        batches.append(len(calls))
        return [call() for call in calls]

    data = DATA * 20
    cache = BlockCache(ParallelSource(MemorySource(data), run_parallel), Budget())
    cache.prefetch([(0, 1), (FAR, 1), (2 * FAR, 1)])
    assert batches == [3]
    assert (cache.cost.gets, cache.cost.round_trips) == (3, 1)
    assert cache.read(2 * FAR, 50) == data[2 * FAR : 2 * FAR + 50]
    assert batches == [3]


@pytest.mark.parametrize("difference", [-1, 1])
@pytest.mark.parametrize("base", [Recorder, ParallelRecorder])
def test_an_answer_of_another_length_raises_source_changed(base: type[Recorder], difference: int) -> None:
    class WrongLength(base):  # type: ignore[valid-type, misc]
        def _answer(self, request: Range) -> bytes:
            return bytes(request[1] + difference)

    with pytest.raises(SourceChanged):
        inspect(WrongLength(DATA), file_name="a.raw")
    with pytest.raises(SourceChanged):
        BlockCache(WrongLength(b"", LARGE), Budget()).prefetch([(0, 1), (FAR, 1)])
