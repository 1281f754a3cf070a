"""Calls out: each ends within a limit, and is repeated within it only if that does no harm.

The connections of connections.py keep the limit, and note the moment at which a call fails. Its error is classed by
that moment and by what the service answered, never by its type alone: an SSLError, for one, can come at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, TypeVar

from imagedrop.backoff import growing_wait
from imagedrop.ports import ErrorClass, OutOfTime, Random, Sleep, TimeLeft, unlimited_time

ATTEMPTS = 3
FIRST_WAIT, MAX_WAIT = 0.4, 4.0  # s

T = TypeVar("T")


# before: no byte of the request was sent; sending: some were; after: all were. A call without an answer:
Moment = Literal["before", "sending", "after"]
KINDS: Mapping[Moment, ErrorClass] = {"before": "undelivered", "sending": "unknown", "after": "unknown"}


@dataclass
class Call:
    """A call of this thread. `until`: by `clock`, monotonic. `moment`: `before` only while surely nothing was sent."""

    until: float
    clock: Callable[[], float]
    moment: Moment = "after"

    def left(self) -> float:
        return self.until - self.clock()


_CURRENT: ContextVar[Call | None] = ContextVar("current_call", default=None)


def current_call() -> Call | None:
    """None: no limit was set."""
    return _CURRENT.get()


def kind_of_failure() -> ErrorClass:
    """Of the current call, which has failed without an answer."""
    call = _CURRENT.get()
    return KINDS[call.moment if call else "after"]


def never(error: Exception) -> bool:
    return False


class Calls:
    """Runs the calls of an adapter. `time_left`: of the invocation; `reserve`: s of it that must be left afterwards."""

    def __init__(
        self,
        sleep: Sleep,
        random: Random,
        time_left: TimeLeft = unlimited_time,
        reserve: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep, self._random, self._clock = sleep, random, clock
        self._time_left, self._reserve = time_left, reserve

    def run(self, call: Callable[[], T], limit: float, repeatable: Callable[[Exception], bool] = never) -> T:
        """What `call` returns within `limit` seconds. It is called again, at most ATTEMPTS times and while half of the
        limit is left, if its error is `repeatable`. Raises OutOfTime without calling it if the limit does not fit."""
        if (left := self._time_left()) < limit + self._reserve:
            raise OutOfTime(f"a call may take {limit:g} s, and {self._reserve:g} s are kept; {left:.1f} s are left")
        current = Call(self._clock() + limit, self._clock)
        token = _CURRENT.set(current)
        try:
            for tries in range(ATTEMPTS - 1):
                try:
                    return call()
                except Exception as error:
                    wait = growing_wait(FIRST_WAIT, MAX_WAIT, tries, self._random)
                    if not repeatable(error) or current.left() - wait < limit / 2:
                        raise
                current.moment = "after"
                self._sleep(wait)
            return call()
        finally:
            _CURRENT.reset(token)
