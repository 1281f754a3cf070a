"""Work that shares its round trips: it runs again from its beginning instead of waiting.

`BlockCache.run` calls a job again and again. What is not here yet stops it (`NotHere`), all that is missed side by side
(`together`) comes in one go, and the job begins again, now without waiting; what is complete is remembered (`Once`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    T = TypeVar("T")


class NotFetched(BaseException):
    """Blocks that a reader needs have not been fetched yet. No Exception: it is for `together` and `run` alone."""

    def __init__(self, blocks: Iterable[int]) -> None:
        super().__init__("not fetched yet")
        self.blocks = set(blocks)


def fetch_together(*jobs: Callable[[], T]) -> list[T]:
    """What the jobs answer. They do not wait for one another: what they all miss is fetched at once.

    A job is run again from its beginning, so it must do nothing that cannot be done twice. The first that raises ends
    them all.
    """
    answers: list[T] = []
    missing = set[int]()
    for job in jobs:
        try:
            answers.append(job())
        except NotFetched as stop:
            missing |= stop.blocks
    if missing:
        raise NotFetched(missing)
    return answers


class Memo:
    """Remembers what jobs have answered, so that running again what consists of them costs nothing."""

    def __init__(self) -> None:
        self._answers: dict[object, Any] = {}

    def __call__(self, name: object, job: Callable[[], T]) -> T:
        if name not in self._answers:
            self._answers[name] = job()
        answer: T = self._answers[name]
        return answer
