"""sweep: runs on a schedule; finds and continues whatever an event, a queue or a crash lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imagedrop.entry.runtime import invocation
from imagedrop.ports import Ports
from imagedrop.workflow.sweep import sweep

RESERVE = 60.0  # s of the function's time that listing leaves for driving what was found


def handler(event: object, context: Any) -> dict[str, Any]:
    with invocation(context) as runtime:
        return handle(runtime.ports, lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE)


def handle(ports: Ports, time_left: Callable[[], float]) -> dict[str, Any]:
    """`time_left`: seconds that may still be spent on listing."""
    return sweep.sweep(ports, time_left).public()
