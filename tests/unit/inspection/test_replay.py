"""Replay: jobs read in as few round trips as their reads depend on one another."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BLOCK, MAX_HINTED, BlockCache
from imagedrop.inspection.budget import BudgetExceeded
from imagedrop.inspection.errors import PastEnd, Unreadable, malformed
from imagedrop.inspection.replay import Memo, NotFetched, fetch_together
from tests.unit.inspection.recorders import ParallelRecorder, Recorder, blocks_of

FAR = 1 << 20
DATA = random.Random(1).randbytes(4 << 20)


class Read(NamedTuple):
    at: int
    length: int


class Tree(NamedTuple):
    """Jobs: `parts` one after the other, or with `fetch_together`."""

    parts: list[Any]
    chained: bool


TREES = st.recursive(
    st.builds(Read, st.integers(0, len(DATA) - 1), st.integers(0, 3 * BLOCK)),
    lambda inner: st.builds(Tree, st.lists(inner, min_size=1, max_size=4), st.booleans()),
    max_leaves=12,
)


def answer(tree: Read | Tree, read: Callable[[int, int], bytes]) -> list[bytes]:
    if isinstance(tree, Read):
        return [read(tree.at, min(tree.length, len(DATA) - tree.at))]
    jobs = [partial(answer, part, read) for part in tree.parts]
    answers = [job() for job in jobs] if tree.chained else fetch_together(*jobs)
    return list(chain.from_iterable(answers))


def depth(tree: Read | Tree) -> int:
    """The length of the longest chain of reads of which each waits for the one before."""
    if isinstance(tree, Read):
        return 1
    return (sum if tree.chained else max)(depth(part) for part in tree.parts)


@settings(max_examples=80, deadline=None)
@given(TREES)
def test_any_tree_of_jobs_reads_right_bytes_in_no_more_round_trips_than_its_depth(tree: Read | Tree) -> None:
    source, cached = ParallelRecorder(DATA), set[int]()
    cache = BlockCache(source, Budget())
    assert cache.run(partial(answer, tree, cache.read)) == answer(tree, lambda at, length: DATA[at : at + length])
    assert cache.cost.round_trips == len(source.round_trips) <= depth(tree)
    for request in source.requests:
        blocks = blocks_of(request)
        # Its first and last block only: two requests near each other become one, with the cached blocks between them.
        assert cached.isdisjoint((blocks[0], blocks[-1])), "a cached block was fetched again"
        cached.update(blocks)


def round_trips(job: Callable[[BlockCache], object], source: type[Recorder] = ParallelRecorder) -> int:
    cache = BlockCache(source(DATA), Budget())
    cache.run(lambda: job(cache))
    return cache.cost.round_trips


@pytest.mark.parametrize("count", [1, 2, 4])
def test_independent_jobs_share_one_round_trip(count: int) -> None:
    def job(cache: BlockCache) -> None:
        fetch_together(*[partial(cache.read, number * FAR, 1) for number in range(count)])

    assert (round_trips(job), round_trips(job, Recorder)) == (1, count)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_each_dependent_read_needs_a_round_trip(count: int) -> None:
    def dependent(cache: BlockCache) -> None:
        offset = 0
        for _ in range(count):
            offset += FAR - BLOCK + cache.read(offset, 1)[0]  # far away, and only known from the byte read

    assert round_trips(dependent) == count


def test_jobs_of_several_steps_share_the_round_trip_of_each_step() -> None:
    def job(cache: BlockCache) -> None:
        def steps(start: int) -> None:
            for number in range(3):
                cache.read(start + number * FAR // 4, 1)

        fetch_together(partial(steps, 0), partial(steps, FAR), partial(fetch_together, partial(steps, 2 * FAR)))

    assert round_trips(job) == 3


def test_prefetches_of_independent_jobs_share_one_round_trip() -> None:
    def job(cache: BlockCache) -> None:
        starts = [number * FAR for number in range(3)]
        fetch_together(*[partial(cache.prefetch, [(start, 1), (start + FAR // 2, 1)]) for start in starts])

    assert round_trips(job) == 1


def test_a_hint_is_fetched_with_the_next_round_trip() -> None:
    source = ParallelRecorder(DATA)
    cache = BlockCache(source, Budget())

    def job() -> bytes:
        past_the_end, before_the_start, too_long = (len(DATA) + 5, 9), (-5, 2), (2 * FAR, len(DATA))
        cache.hint([(FAR, 1), past_the_end, before_the_start, too_long])
        return cache.read(0, 1)

    cache.run(job)
    assert [at for at, _ in source.requests] == [0, FAR]
    cache.run(partial(cache.read, FAR, BLOCK, BLOCK))
    assert cache.cost.round_trips == 1


def test_a_hint_alone_makes_no_request_and_is_dropped() -> None:
    source = ParallelRecorder(DATA)
    cache = BlockCache(source, Budget())
    cache.run(partial(cache.hint, [(FAR, 1)]))
    assert source.requests == []
    cache.run(partial(cache.read, 0, 1))
    assert len(source.requests) == 1


def test_the_number_of_hints_is_limited() -> None:
    source = ParallelRecorder(b"", 1 << 40)
    cache = BlockCache(source, Budget())

    def job() -> None:
        cache.hint([(number * FAR, 1) for number in range(1, 1000)])
        cache.read(0, 1)

    cache.run(job)
    assert len(source.requests) <= MAX_HINTED + 1


def test_a_job_that_raises_ends_all_jobs_before_anything_is_fetched() -> None:
    source, runs = ParallelRecorder(DATA), []
    cache = BlockCache(source, Budget())

    def bad() -> bytes:
        raise malformed("it", "it is bad")

    def after() -> bytes:
        runs.append(1)
        return b""

    with pytest.raises(Unreadable):
        cache.run(lambda: fetch_together(partial(cache.read, 0, 1), bad, after))
    assert (source.requests, runs) == ([], [])


@pytest.mark.parametrize("error", [PastEnd(0, 1, 0), BudgetExceeded(1, "requests"), ZeroDivisionError()])
def test_the_cache_still_reads_after_a_job_raised(error: BaseException) -> None:
    cache = BlockCache(ParallelRecorder(DATA), Budget())

    def bad() -> None:
        cache.hint([(FAR, 1)])
        raise error

    with pytest.raises(type(error)):
        cache.run(bad)
    assert cache.read(8, 4) == DATA[8:12]
    assert cache.cost.gets == 1


def test_not_fetched_is_not_caught_by_handlers_of_exception() -> None:
    assert not issubclass(NotFetched, Exception)
    cache = BlockCache(ParallelRecorder(DATA), Budget())

    def careless() -> bytes:
        try:
            return cache.read(0, 4)
        except Exception:  # noqa: BLE001 - what a careless reader does
            return b"wrong"

    assert cache.run(careless) == DATA[:4]


def test_the_budget_ends_a_job_that_never_completes() -> None:
    cache = BlockCache(ParallelRecorder(b"", 1 << 40), Budget(requests=10))

    def endless() -> None:
        at = 0
        while True:
            cache.read(at, 1)
            at += FAR

    with pytest.raises(BudgetExceeded):
        cache.run(endless)
    assert cache.cost.gets == 10


def test_memo_keeps_answers_even_none_but_no_failures() -> None:
    memo, runs = Memo(), []

    def job(result: object) -> object:
        runs.append(result)
        if isinstance(result, BaseException):
            raise result
        return result

    with pytest.raises(NotFetched):
        memo("a", partial(job, NotFetched([1])))
    assert [memo("a", partial(job, None)) for _ in range(3)] == [None] * 3
    assert memo("b", partial(job, 2)) == 2
    assert len(runs) == 3


def test_memo_keeps_complete_jobs_from_running_again_in_a_replay() -> None:
    cache, memo, runs = BlockCache(ParallelRecorder(DATA), Budget()), Memo(), []

    def first() -> bytes:
        runs.append(1)
        return cache.read(0, 1)

    def several_reads() -> None:
        for number in range(1, 4):
            cache.read(number * FAR, 1)

    cache.run(lambda: fetch_together(partial(memo, "first", first), several_reads))
    assert len(runs) == 2  # the first run stops at the missing block, the second completes
