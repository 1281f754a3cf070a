"""Jobs: generators that yield the ranges they read next, so that several of them can share one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    Job = Generator[Sequence[Range], None, T]

AT_ONCE = 128  # places asked for in one round trip


def run(job: Job[T], prefetch: Callable[[Sequence[Range]], None]) -> T:
    while True:
        try:
            wanted = next(job)
        except StopIteration as end:
            result: T = end.value
            return result
        prefetch(wanted)


def abreast(jobs: Iterable[Job[T]]) -> Job[list[T]]:
    """All jobs step by step together; their results in the order of the jobs."""
    running = dict(enumerate(jobs))
    results: dict[int, T] = {}
    while running:
        wanted: list[Range] = []
        for number, job in list(running.items()):
            try:
                wanted += next(job)
            except StopIteration as end:
                results[number] = end.value
                del running[number]
        if wanted:
            yield wanted
    return [results[number] for number in sorted(results)]


def batches(items: Sequence[T], most: int = AT_ONCE) -> Iterable[Sequence[T]]:
    return (items[at : at + most] for at in range(0, len(items), most))
