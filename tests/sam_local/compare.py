"""Runs each case in both worlds and prints a table of the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop_local.stack.outputs import FUNCTIONS
from imagedrop_local.stack.urls import FunctionFailed
from tests.sam_local import fill_event
from tests.sam_local.cases import Case
from tests.sam_local.outcome import collect_outcome, differences, summary
from tests.sam_local.sam import Sam
from tests.sam_local.world import World

Invoke = Callable[[str, Any], Any]  # function, event -> result
MAX_SHOWN = 12  # at most so many differences are shown per case
ROW = "{:9} {:34} {:32} {:12} {:>5}  {}".format


def compare(cases: Sequence[Case], stack: World, container: World, sam: Sam) -> int:
    """Returns 0 if every case has the same outcome in both, else 1."""
    start, table = time.monotonic(), Table(stack, container)
    print(ROW("function", "event", "state", "container by", "s", "compared"))
    for case in cases:
        if case.cold_start:
            stack.force_cold_start(case.function)  # like the container
            table.add(case, "invoke", sam.invoke)
    if warm_cases := [case for case in cases if not case.cold_start]:
        with sam.started() as started:
            for function in FUNCTIONS:
                stack.force_cold_start(function)
            for case in warm_cases:
                table.add(case, "start-lambda", started.invoke)
    if table.different:
        print("\n".join(["", "last lines of the SAM CLI and the functions:", *_last_lines(sam.log)]))
    print(f"{len(cases)} cases, {table.different} different, {time.monotonic() - start:.0f} s")
    return int(table.different > 0)


@dataclass
class Table:
    stack: World
    container: World
    different: int = 0

    def add(self, case: Case, how: str, invoke: Invoke) -> None:
        """Runs the case in both worlds and prints its row."""
        start = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            sides = (self.stack, _in_stack(self.stack)), (self.container, invoke)
            in_stack, in_container = pool.map(lambda side: _run_case(case, *side), sides)
        found = list(differences(in_stack, in_container))
        self.different += bool(found)
        result = f"{'DIFFERENT' if found else 'same'}: {summary(in_stack)}"
        print(ROW(case.function, case.file, case.state, how, f"{time.monotonic() - start:.1f}", result), flush=True)
        for difference in found[:MAX_SHOWN]:
            print(f"    {difference}")


def _in_stack(world: World) -> Invoke:
    def invoke(function: str, event: Any) -> Any:
        try:
            return world.local.stack.invoke(function, event)
        except FunctionFailed as failure:
            return {"raised": str(failure)}

    return invoke


def _run_case(case: Case, world: World, invoke: Invoke) -> dict[str, Any]:
    event, given = prepare(case, world)
    return collect_outcome(world, case.function, given, invoke(case.function, event))


def prepare(case: Case, world: World) -> tuple[Any, list[dict[str, Any]]]:
    """Brings the world into the case's state. Returns the event, and its records that were received from a queue."""
    world.clear()
    case.prepare(world)
    event = fill_event.fill(world, case.function, case.event())
    world.cloud.faults.calls.clear()
    return event


def _last_lines(log: Path) -> list[str]:
    return log.read_text("utf-8", "replace").splitlines()[-40:]
