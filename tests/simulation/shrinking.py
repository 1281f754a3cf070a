"""Makes a broken history short: leaves out everything that it breaks without."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tests.simulation.fault_rates import NEVER, NO_PERIOD
from tests.simulation.histories import History
from tests.simulation.reduction import COMPLETE, Reduction

T = TypeVar("T")

RATES = (
    *("crash", "error", "pause", "event_lost", "event_doubled", "event_late", "message_doubled", "create_fault"),
    *("job_fails", "job_slow", "index_lag", "clock_skew", "ims_clock_skew", "list_lag", "late_effect"),
    *("repeated_write",),
)
NO_FAULTS: Mapping[str, Any] = {
    **dict.fromkeys(RATES, 0),
    **dict.fromkeys(("ims_outage", "obs_outage", "ims_denies", "obs_denies"), NO_PERIOD),
    "page_size": 1000,
    "signed_pushes": False,
    "ims_tasks": 40,
    "keys_live": NEVER,
    "versioned": False,
    "crowd": False,
    "in_use": False,
}


def minimize(items: Sequence[T], breaks: Callable[[Sequence[T]], bool]) -> Sequence[T]:
    """As few of `items` as still break. Leaves out halves first, then smaller parts, at last single items."""
    size = len(items)
    while size := min(size // 2, len(items)) or (size > 1):
        start = 0
        while start < len(items):
            rest = [*items[:start], *items[start + size :]]
            if breaks(rest):
                items = rest
            else:
                start += size
        if size == 1:
            break
    return items


class Shrinking:
    """`tries`: the number of histories that may be run."""

    def __init__(self, seed: int, tries: int = 600) -> None:
        self.seed, self.tries = seed, tries
        self.reduction, self.changes = COMPLETE, dict[str, Any]()

    def shortest(self) -> History:
        """Already run."""
        self._remove_rates()
        history = self._run(self.reduction)
        count = len(history.actions)
        actions = minimize(range(count), lambda kept: self._breaks(self._only_actions(count, kept)))
        self.reduction = self._only_actions(count, actions)
        faults = sorted(set(self._run(self.reduction).faults.occurred))
        needed = minimize(faults, lambda kept: self._breaks(self._only_faults(faults, kept)))
        self.reduction = self._only_faults(faults, needed)
        return self._run(self.reduction)

    def _remove_rates(self) -> None:
        for name, value in NO_FAULTS.items():
            changes = self.changes | {name: value}
            if self._breaks(self.reduction, changes):
                self.changes = changes

    def _only_actions(self, count: int, kept: Sequence[int]) -> Reduction:
        return Reduction(frozenset(range(count)) - frozenset(kept), self.reduction.faults)

    def _only_faults(self, faults: Sequence[str], kept: Sequence[str]) -> Reduction:
        return Reduction(self.reduction.actions, self.reduction.faults | (frozenset(faults) - frozenset(kept)))

    def _run(self, reduction: Reduction) -> History:
        history = History(self.seed, reduction, **self.changes)
        history.run()
        return history

    def _breaks(self, reduction: Reduction, changes: Mapping[str, Any] | None = None) -> bool:
        if self.tries <= 0:
            return False
        self.tries -= 1
        return bool(History(self.seed, reduction, **(self.changes if changes is None else changes)).run())
