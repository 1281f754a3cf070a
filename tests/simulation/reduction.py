"""What is left out of a history, to find the shortest one that breaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reduction:
    """`actions`: indexes in the drawn actions. `faults`: names, as in `Faults.occurred`."""

    actions: frozenset[int] = frozenset()
    faults: frozenset[str] = frozenset()


COMPLETE = Reduction()
