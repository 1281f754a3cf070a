"""A scenario: what owners do, and what is wrong from the start. Times are seconds from the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.systematic.striking import Given
from tests.simulation.workload import FOLDER, Action

if TYPE_CHECKING:
    from tests.simulation.systematic.scenario_history import ScenarioHistory

KEY = FOLDER + "a.qcow2"
SIDECAR = KEY + ".json"


@dataclass(frozen=True)
class Scenario:
    """`rates`: changes of `scenario_history.USUAL`. `job_failures`: codes with which the first imports fail. `later`:
    what else happens, by time. `also`: reason codes of other ends that are right after a strike."""

    actions: Sequence[Action]
    rates: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Sequence[Given] = ()
    later: Sequence[tuple[float, Callable[[ScenarioHistory], None]]] = ()
    job_failures: Sequence[str] = ()
    also: Sequence[str] = ()


def put(at: float, key: str, content: str) -> Action:
    return Action(at, "put", key, content)


def drop(at: float, sidecar: str = "good", key: str = KEY) -> list[Action]:
    return [put(at, key, "first"), put(at + 5, key + ".json", sidecar)]
