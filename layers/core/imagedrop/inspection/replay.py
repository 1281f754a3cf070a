"""Sharing round trips: a job that needs missing blocks is stopped and run again from its beginning.

`BlockCache.run` calls a job until it completes. A missing block stops it (`NotFetched`); what all jobs of
`fetch_together` miss is fetched at once; then the job runs again, with those blocks in the cache. `Memo` keeps the
answers of jobs that are complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


class NotFetched(BaseException):
    """A reader needs blocks that are not fetched yet. Not an Exception: only `fetch_together` and `run` catch it."""

    def __init__(self, blocks: Iterable[int]) -> None:
        super().__init__("not fetched yet")
        self.blocks = set(blocks)


def fetch_together(*jobs: Callable[[], T]) -> list[T]:
    """Calls all jobs and returns what they return. Raises NotFetched with all blocks that they miss: `run` fetches
    those at once and calls the jobs again, so they must be safe to repeat. Any other error ends all jobs."""
    answers: list[T] = []
    missing = set[int]()
    for job in jobs:
        try:
            answers.append(job())
        except NotFetched as error:
            missing |= error.blocks
    if missing:
        raise NotFetched(missing)
    return answers


class Memo:
    """Keeps what jobs returned, so that running them again costs nothing."""

    def __init__(self) -> None:
        self._answers: dict[object, Any] = {}

    def __call__(self, name: object, job: Callable[[], T]) -> T:
        if name not in self._answers:
            self._answers[name] = job()
        answer: T = self._answers[name]
        return answer
