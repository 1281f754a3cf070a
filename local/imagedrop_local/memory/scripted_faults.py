"""The base of every fake: counts its calls, and fails as planned."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class _Plan(NamedTuple):
    error: BaseException | None
    after: bool


class ScriptedFaults:
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._plans: defaultdict[str, deque[_Plan]] = defaultdict(deque)

    def fail(self, call: str, *errors: BaseException | None, after: bool = False) -> None:
        """The next calls of the method `call` raise these, one each; None lets one pass.

        `after`: the call takes effect first, as when an answer is lost.
        """
        self._plans[call].extend(_Plan(error, after) for error in errors)

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        self.calls[name] += 1
        plan = self._plans[name].popleft() if self._plans[name] else _Plan(None, False)
        if plan.error is not None and not plan.after:
            raise plan.error
        yield
        if plan.error is not None:
            raise plan.error
