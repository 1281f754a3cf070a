"""What readers wait for: `run` and `together` turn what they read into as few round trips as it depends on itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BLOCK, MAX_HINTED, BlockCache
from imagedrop.inspection.budget import BudgetExceeded
from imagedrop.inspection.errors import PastEnd, Unreadable, malformed
from imagedrop.inspection.replay import Memo, NotFetched, fetch_together
from tests.unit.inspection.recorders import Many, Recorder, blocks_of

FAR = 1 << 20
DATA = b"".join(number.to_bytes(4, "big") for number in range(1 << 20))


class Read(NamedTuple):
    at: int
    length: int


class Tree(NamedTuple):
    """Jobs: `parts` one after the other, or side by side."""

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
    jobs = [partial(answer, one, read) for one in tree.parts]
    answers = [job() for job in jobs] if tree.chained else fetch_together(*jobs)
    return [one for found in answers for one in found]


def depth(tree: Read | Tree) -> int:
    """Reads that wait for one another."""
    if isinstance(tree, Read):
        return 1
    return (sum if tree.chained else max)(depth(one) for one in tree.parts)


@settings(max_examples=80, deadline=None)
@given(TREES)
def test_any_tree_of_jobs_reads_what_is_there_and_waits_no_more_often_than_it_must(tree: Read | Tree) -> None:
    source, here = Many(DATA), set[int]()
    cache = BlockCache(source, Budget())
    assert cache.run(partial(answer, tree, cache.read)) == answer(tree, lambda at, length: DATA[at : at + length])
    assert cache.cost.round_trips == len(source.trips) <= depth(tree)
    for one in source.asked:
        assert here.isdisjoint((blocks_of(one)[0], blocks_of(one)[-1])), "what is here was fetched again"
        here.update(blocks_of(one))


def trips(job: Callable[[BlockCache], object], source: type[Recorder] = Many) -> int:
    cache = BlockCache(source(DATA), Budget())
    cache.run(lambda: job(cache))
    return cache.cost.round_trips


@pytest.mark.parametrize("count", [1, 2, 4])
def test_independent_jobs_wait_once(count: int) -> None:
    def job(cache: BlockCache) -> None:
        fetch_together(*[partial(cache.read, number * FAR, 1) for number in range(count)])

    assert (trips(job), trips(job, Recorder)) == (1, count)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_reads_that_depend_on_one_another_wait_for_one_another(count: int) -> None:
    def chain(cache: BlockCache) -> None:
        at = 0
        for _ in range(count):
            at = int.from_bytes(cache.read(at, 4), "big") * 4 + FAR

    assert trips(chain) == count


def test_jobs_of_several_steps_go_side_by_side_step_by_step() -> None:
    def job(cache: BlockCache) -> None:
        def steps(start: int) -> None:
            for number in range(3):
                cache.read(start + number * 100 * BLOCK // 3, 1)

        fetch_together(partial(steps, 0), partial(steps, FAR), partial(fetch_together, partial(steps, 2 * FAR)))

    assert trips(job) == 3


def test_what_is_prefetched_by_jobs_side_by_side_comes_at_once() -> None:
    def job(cache: BlockCache) -> None:
        fetch_together(
            *[partial(cache.prefetch, [(number * FAR, 1), (number * FAR + FAR // 2, 1)]) for number in range(3)]
        )

    assert trips(job) == 1


def test_a_hint_comes_with_what_is_waited_for_and_is_not_waited_for_itself() -> None:
    source = Many(DATA)
    cache = BlockCache(source, Budget())

    def job() -> bytes:
        cache.hint([(FAR, 1), (len(DATA) + 5, 9), (-5, 2), (2 * FAR, len(DATA))])
        return cache.read(0, 1)

    cache.run(job)
    assert [at for at, _ in source.asked] == [0, FAR]
    cache.run(partial(cache.read, FAR, BLOCK, BLOCK))
    assert cache.cost.round_trips == 1


def test_a_hint_alone_brings_nothing_and_is_forgotten() -> None:
    source = Many(DATA)
    cache = BlockCache(source, Budget())
    cache.run(partial(cache.hint, [(FAR, 1)]))
    assert source.asked == []
    cache.run(partial(cache.read, 0, 1))
    assert len(source.asked) == 1


def test_hints_are_bounded() -> None:
    source = Many(b"", 1 << 40)
    cache = BlockCache(source, Budget())

    def job() -> None:
        cache.hint([(number * FAR, 1) for number in range(1, 1000)])
        cache.read(0, 1)

    cache.run(job)
    assert len(source.asked) <= MAX_HINTED + 1


def test_a_job_that_raises_ends_all_of_them_before_anything_is_fetched() -> None:
    source, runs = Many(DATA), []
    cache = BlockCache(source, Budget())

    def bad() -> bytes:
        raise malformed("it", "it is bad")

    def after() -> bytes:
        runs.append(1)
        return b""

    with pytest.raises(Unreadable):
        cache.run(lambda: fetch_together(partial(cache.read, 0, 1), bad, after))
    assert (source.asked, runs) == ([], [])


@pytest.mark.parametrize("error", [PastEnd(0, 1, 0), BudgetExceeded(1, "requests"), ZeroDivisionError()])
def test_after_a_job_that_raised_reading_goes_on(error: BaseException) -> None:
    cache = BlockCache(Many(DATA), Budget())

    def bad() -> None:
        cache.hint([(FAR, 1)])
        raise error

    with pytest.raises(type(error)):
        cache.run(bad)
    assert cache.read(8, 4) == DATA[8:12]
    assert cache.cost.gets == 1


def test_what_is_not_here_is_passed_over_by_no_handler_of_exceptions() -> None:
    assert not issubclass(NotFetched, Exception)
    cache = BlockCache(Many(DATA), Budget())

    def careless() -> bytes:
        try:
            return cache.read(0, 4)
        except Exception:  # noqa: BLE001 - what a careless reader does
            return b"wrong"

    assert cache.run(careless) == DATA[:4]


def test_a_budget_ends_jobs_that_never_have_enough() -> None:
    cache = BlockCache(Many(b"", 1 << 40), Budget(requests=10))

    def endless() -> None:
        at = 0
        while True:
            cache.read(at, 1)
            at += FAR

    with pytest.raises(BudgetExceeded):
        cache.run(endless)
    assert cache.cost.gets == 10


def test_an_answer_is_remembered_even_when_it_is_none_and_a_failure_is_not() -> None:
    once, runs = Memo(), []

    def job(result: object) -> object:
        runs.append(result)
        if isinstance(result, BaseException):
            raise result
        return result

    with pytest.raises(NotFetched):
        once("a", partial(job, NotFetched([1])))
    assert [once("a", partial(job, None)) for _ in range(3)] == [None] * 3
    assert once("b", partial(job, 2)) == 2
    assert len(runs) == 3


def test_what_is_remembered_is_not_run_again_while_others_wait() -> None:
    cache, once, runs = BlockCache(Many(DATA), Budget()), Memo(), []

    def first() -> bytes:
        runs.append(1)
        return cache.read(0, 1)

    def chain() -> None:
        for number in range(1, 4):
            cache.read(number * FAR, 1)

    cache.run(lambda: fetch_together(partial(once, "first", first), chain))
    assert len(runs) == 2  # once in vain, once to the end
