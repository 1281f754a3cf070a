"""Each case in both worlds, and a table of what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop_local.stack.outputs import FUNCTIONS
from imagedrop_local.stack.urls import FunctionFailed
from tests.sam_local import filled
from tests.sam_local.cases import Case
from tests.sam_local.left import compared, differences, left
from tests.sam_local.sam import Sam
from tests.sam_local.world import World

Invoke = Callable[[str, Any], Any]  # function, event -> what it returned
SHOWN = 12  # differences of one case
ROW = "{:9} {:34} {:32} {:12} {:>5}  {}".format


def compare(cases: Sequence[Case], stack: World, container: World, sam: Sam) -> int:
    """0 if every case left the same in both."""
    begun, table = time.monotonic(), Table(stack, container)
    print(ROW("function", "event", "state", "container by", "s", "compared"))
    for case in cases:
        if case.plain:
            stack.cool(case.function)  # as the container is
            table.add(case, "invoke", sam.invoke)
    if warm := [case for case in cases if not case.plain]:
        with sam.started() as started:
            for function in FUNCTIONS:
                stack.cool(function)
            for case in warm:
                table.add(case, "start-lambda", started.invoke)
    if table.different:
        print("\n".join(["", "what the SAM CLI and the functions wrote last:", *_last(sam.log)]))
    print(f"{len(cases)} cases, {table.different} different, {time.monotonic() - begun:.0f} s")
    return int(table.different > 0)


@dataclass
class Table:
    stack: World
    container: World
    different: int = 0

    def add(self, case: Case, how: str, invoke: Invoke) -> None:
        """Runs the case in both worlds, and prints its row."""
        start = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            sides = (self.stack, _in_stack(self.stack)), (self.container, invoke)
            ours, theirs = pool.map(lambda side: _one(case, *side), sides)
        found = list(differences(ours, theirs))
        self.different += bool(found)
        result = f"{'DIFFERENT' if found else 'same'}: {compared(ours)}"
        print(ROW(case.function, case.file, case.state, how, f"{time.monotonic() - start:.1f}", result), flush=True)
        for one in found[:SHOWN]:
            print(f"    {one}")


def _in_stack(world: World) -> Invoke:
    def invoke(function: str, event: Any) -> Any:
        try:
            return world.local.stack.invoke(function, event)
        except FunctionFailed as failure:
            return {"raised": str(failure)}

    return invoke


def _one(case: Case, world: World, invoke: Invoke) -> dict[str, Any]:
    event, given = prepare(case, world)
    return left(world, case.function, given, invoke(case.function, event))


def prepare(case: Case, world: World) -> tuple[Any, list[dict[str, Any]]]:
    """The world in the case's state; the event for it, and the records of it that came from a queue."""
    world.clear()
    case.prepare(world)
    event = filled.event(world, case.function, case.event())
    world.cloud.faults.calls.clear()
    return event


def _last(log: Path) -> list[str]:
    return log.read_text("utf-8", "replace").splitlines()[-40:]
