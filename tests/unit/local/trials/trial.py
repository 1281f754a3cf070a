"""What shows the difference that a switch makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trial:
    """`look` is handed a simulator with the switch at each value in turn and tells what it sees there: `seen`, by
    value, no two the same. `given`: other switches, without which it cannot be seen."""

    look: Callable[[Any], Any]
    seen: Mapping[Any, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
