"""A limit for a whole call: limits of sockets count from one piece of an answer to the next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class TookTooLong(Exception):
    """The call goes on in a thread, which does not keep the process from ending."""


def in_time(act: Callable[[], T], seconds: float) -> T:
    """Raises TookTooLong, or what `act` raises."""
    results: list[tuple[Any, BaseException | None]] = []

    def run() -> None:
        try:
            results.append((act(), None))
        except BaseException as error:  # noqa: BLE001 - raised below
            results.append((None, error))

    thread = threading.Thread(target=run, daemon=True, name="check")
    thread.start()
    thread.join(seconds)
    if not results:
        raise TookTooLong
    result, error = results[0]
    if error is not None:
        raise error
    answer: T = result
    return answer
