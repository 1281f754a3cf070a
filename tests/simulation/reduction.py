"""A history with something left out, so that one that breaks can be made short."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Less:
    """`acts`: by their places in the workload. `strikes`: by the names that the weather gives them."""

    acts: frozenset[int] = frozenset()
    strikes: frozenset[str] = frozenset()


WHOLE = Less()
