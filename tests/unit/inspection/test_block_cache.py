"""The block cache: what is fetched, how often, and what it may cost."""

from __future__ import annotations

import contextlib
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
from tests.unit.inspection.recorders import Many, Recorder, blocks_of

DATA = bytes(number * 7 % 251 for number in range(9 * BLOCK + 100))
ONE = 1 << 20  # far from everything
LARGE = 1 << 30


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DATA)), st.integers(0, len(DATA))), max_size=6))
def test_any_reads_answer_the_bytes_that_are_there(reads: list[Range]) -> None:
    cache = BlockCache(MemorySource(DATA), Budget())
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
            cache.read(offset, length)
    assert cache.cost.gets == before
    assert all(0 <= offset < offset + length <= len(DATA) for offset, length in source.asked)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(1, 3 * BLOCK)), max_size=8))
def test_no_request_begins_or_ends_with_what_is_here(reads: list[Range]) -> None:
    """Between two blocks that are missing one may be fetched again: a request more would cost more."""
    source, here = Recorder(DATA), set[int]()
    cache = BlockCache(source, Budget())
    for offset, length in reads:
        cache.read(offset, min(length, len(DATA) - offset))
    for one in source.asked:
        blocks = blocks_of(one)
        assert here.isdisjoint((blocks[0], blocks[-1]))
        here.update(blocks)


@pytest.mark.parametrize("place", [(-1, 1), (0, len(DATA) + 1), (len(DATA), 1), (len(DATA) + 1, 0), (0, -1)])
def test_what_is_not_in_the_file_is_never_asked_for(place: Range) -> None:
    source = Recorder(DATA)
    with pytest.raises(PastEnd):
        BlockCache(source, Budget()).read(*place)
    assert source.asked == []


def test_a_read_brings_its_window_and_the_last_one_ends_with_the_file() -> None:
    source = Recorder(DATA)
    cache = BlockCache(source, Budget())
    cache.read(WINDOW + BLOCK, 1)
    cache.read(len(DATA) - 1, 1)
    assert source.asked == [(WINDOW, WINDOW), (4 * WINDOW, len(DATA) - 4 * WINDOW)]


@pytest.mark.parametrize(("window", "asked"), [(BLOCK, (3 * BLOCK, BLOCK)), (4 * BLOCK, (0, 4 * BLOCK))])
def test_a_reader_may_have_a_window_of_its_own(window: int, asked: Range) -> None:
    source = Recorder(DATA)
    BlockCache(source, Budget()).read(3 * BLOCK, 1, window)
    assert source.asked == [asked]


def test_windows_side_by_side_are_one_request() -> None:
    source = Recorder(DATA)
    BlockCache(source, Budget()).read(WINDOW - 1, WINDOW + 2)
    assert source.asked == [(0, 3 * WINDOW)]


@pytest.mark.parametrize(("gap", "requests"), [(MERGE_GAP, 1), (MERGE_GAP + BLOCK, 2)])
def test_requests_that_are_near_each_other_become_one(gap: int, requests: int) -> None:
    source = Many(b"", LARGE)
    BlockCache(source, Budget()).prefetch([(0, 1), (BLOCK + gap, 1)], BLOCK)
    assert len(source.asked) == requests


def test_requests_become_no_larger_than_one_may_be() -> None:
    source = Many(b"", LARGE)
    cache = BlockCache(source, Budget(steps=1 << 30))

    def job() -> None:
        cache.hint([(0, 1)])
        cache.read(BLOCK, MAX_READ)

    cache.run(job)
    assert max(length for _, length in source.asked) == MAX_READ


def test_a_read_that_would_fill_the_memory_is_refused() -> None:
    cache = BlockCache(MemorySource(b"", 1 << 40), Budget())
    with pytest.raises(ValueError, match="in one read"):
        cache.read(0, MAX_READ + 1)
    cache.prefetch([(0, 1 << 39)])
    cache.prefetch([(number * ONE, ONE) for number in range(1000)])
    assert cache.cost.bytes <= MAX_READ


@pytest.mark.parametrize(
    ("budget", "unit"),
    [
        (Budget(requests=2), "requests"),
        (Budget(bytes=3 * WINDOW), "bytes"),
        (Budget(seconds=4.5, clock=iter(range(99)).__next__), "seconds"),
    ],
)
@pytest.mark.parametrize("source", [Recorder, Many])
def test_a_budget_that_is_used_up_ends_it_and_no_handler_of_exceptions_sees_it(
    budget: Budget, unit: str, source: type[Recorder]
) -> None:
    asked = source(b"", LARGE)
    cache = BlockCache(asked, budget._replace(clock=iter(range(99)).__next__) if budget.clock else budget)

    def careless() -> None:
        for number in range(10):
            with contextlib.suppress(Exception):
                cache.prefetch([(2 * number * ONE, 1), (2 * number * ONE + ONE, 1)])

    with pytest.raises(BudgetExceeded) as stopped:
        careless()
    assert stopped.value.unit == unit
    assert len(asked.asked) <= 3


def test_what_does_not_fit_into_the_budget_is_not_begun() -> None:
    source = Many(b"", LARGE)
    cache = BlockCache(source, Budget(requests=2))
    with pytest.raises(BudgetExceeded):
        cache.prefetch([(0, 1), (ONE, 1), (2 * ONE, 1)])
    assert source.asked == []


def test_work_that_reads_nothing_is_timed_as_well() -> None:
    cache = BlockCache(MemorySource(DATA), Budget(seconds=1, clock=iter((0.0, 0.5, 2.0)).__next__))
    cache.check_time()
    with pytest.raises(BudgetExceeded):
        cache.check_time()
    assert cache.cost.seconds == 2.0


def test_a_budget_that_is_used_up_is_a_finding_with_what_was_seen_until_then() -> None:
    seen = inspect(MemorySource(fixture("gpt.raw")), file_name="a.raw", budget=Budget(requests=2))
    assert "image.budget" in disk_finding_ids(seen)
    assert (seen.facts.format, seen.facts.virtual_size, seen.read.gets) == ("raw", 12 << 20, 2)


def test_side_by_side_runs_the_calls_together_in_their_order() -> None:
    batches: list[int] = []

    def together(calls: Sequence[Callable[[], bytes]]) -> Sequence[bytes]:
        batches.append(len(calls))
        return [call() for call in calls]

    data = DATA * 20
    cache = BlockCache(ParallelSource(MemorySource(data), together), Budget())
    cache.prefetch([(0, 1), (ONE, 1), (2 * ONE, 1)])
    assert batches == [3]
    assert (cache.cost.gets, cache.cost.round_trips) == (3, 1)
    assert cache.read(2 * ONE, 50) == data[2 * ONE : 2 * ONE + 50]
    assert batches == [3]


@pytest.mark.parametrize("much", [-1, 1])
@pytest.mark.parametrize("base", [Recorder, Many])
def test_an_answer_of_another_length_means_that_the_content_changed(base: type[Recorder], much: int) -> None:
    class Off(base):  # type: ignore[valid-type, misc]
        def _answer(self, one: Range) -> bytes:
            return bytes(one[1] + much)

    with pytest.raises(SourceChanged):
        inspect(Off(DATA), file_name="a.raw")
    with pytest.raises(SourceChanged):
        BlockCache(Off(b"", LARGE), Budget()).prefetch([(0, 1), (ONE, 1)])
