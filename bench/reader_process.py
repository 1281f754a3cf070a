"""Runs a reader in its own process, which prints the facts that it found and what they cost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

TIMEOUT = 600.0  # s for one reader
# Bytecode is cached, as in a deployed layer: compiling must not count as import time or memory of a reader.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class InspectionCost(NamedTuple):
    """`seconds`: reading only, without the start of Python and imports. `peak_memory`: bytes.

    `round_trips`: None if the reader does not count them. `error`: why there are no facts.
    """

    facts: Mapping[str, Any] | None = None
    seconds: float = 0.0
    peak_memory: int = 0
    round_trips: int | None = None
    error: str = ""


def print_cost(read: Callable[[], tuple[Mapping[str, Any], int | None]]) -> None:
    """Runs `read`, which returns facts and round trips, and prints an InspectionCost as JSON."""
    begun = time.perf_counter()
    facts, round_trips, error = None, None, ""
    try:
        facts, round_trips = read()
    except Exception as failure:  # noqa: BLE001 - libraries raise anything
        error = f"{type(failure).__name__}: {failure}"
    seconds = time.perf_counter() - begun
    print(json.dumps(InspectionCost(facts, seconds, peak_memory(), round_trips, error)._asdict()))


def measure(python: str, module: str, *arguments: str) -> InspectionCost:
    """Runs `python -m module arguments`, which calls `print_cost`."""
    command = [python, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False, env=ENVIRONMENT)
    if done.returncode:
        return InspectionCost(error=(done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1])
    return InspectionCost(**json.loads(done.stdout))


def peak_memory() -> int:
    """Bytes. getrusage would include the memory of the process that started this one."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0
