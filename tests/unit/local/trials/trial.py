"""How a trial shows the effect of a switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trial:
    """`run` gets a simulator for each value of the switch and returns what it observed. `results`: the expected result
    for each value, all different. `given`: other switches that the trial needs."""

    run: Callable[[Any], Any]
    results: Mapping[Any, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
