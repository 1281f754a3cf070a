"""A history that breaks is made short: whatever can be left out of it, while it still breaks, is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tests.simulation.fault_rates import OPEN_END
from tests.simulation.histories import History
from tests.simulation.reduction import WHOLE, Less

T = TypeVar("T")

RATES = ("crash", "error", "pause", "lost", "doubled", "late", "twin", "trouble", "job_fails", "job_slow", "lag")
NONE: Mapping[str, Any] = {
    **dict.fromkeys(RATES, 0),
    **dict.fromkeys(("skew", "ims_skew"), 0),
    **dict.fromkeys(("ims_away", "obs_away", "ims_forbids", "obs_forbids"), (OPEN_END, OPEN_END)),
    "page": 1000,
    "signed": False,
}


def fewer(things: Sequence[T], breaks: Callable[[Sequence[T]], bool]) -> Sequence[T]:
    """As few of `things` as still break: first halves of them are left out, then less and less, down to one."""
    size = len(things)
    while size := min(size // 2, len(things)) or (size > 1):
        start = 0
        while start < len(things):
            rest = [*things[:start], *things[start + size :]]
            if breaks(rest):
                things = rest
            else:
                start += size
        if size == 1:
            break
    return things


class Shrinking:
    """`tries`: histories that may be lived for it."""

    def __init__(self, seed: int, tries: int = 600) -> None:
        self.seed, self.tries = seed, tries
        self.less, self.changes = WHOLE, dict[str, Any]()

    def shortest(self) -> History:
        """Lived already."""
        self._calmer()
        history = self._lived(self.less)
        acts = fewer(range(len(history.acts)), lambda kept: self._breaks(self._only_acts(len(history.acts), kept)))
        self.less = self._only_acts(len(history.acts), acts)
        struck = sorted(set(self._lived(self.less).weather.struck))
        kept = fewer(struck, lambda some: self._breaks(self._only_strikes(struck, some)))
        self.less = self._only_strikes(struck, kept)
        return self._lived(self.less)

    def _calmer(self) -> None:
        for name, none in NONE.items():
            calmer = self.changes | {name: none}
            if self._breaks(self.less, calmer):
                self.changes = calmer

    def _only_acts(self, count: int, kept: Sequence[int]) -> Less:
        return Less(frozenset(range(count)) - frozenset(kept), self.less.strikes)

    def _only_strikes(self, struck: Sequence[str], kept: Sequence[str]) -> Less:
        return Less(self.less.acts, self.less.strikes | (frozenset(struck) - frozenset(kept)))

    def _lived(self, less: Less) -> History:
        history = History(self.seed, less, **self.changes)
        history.live()
        return history

    def _breaks(self, less: Less, changes: Mapping[str, Any] | None = None) -> bool:
        if self.tries <= 0:
            return False
        self.tries -= 1
        return bool(History(self.seed, less, **(self.changes if changes is None else changes)).live())
