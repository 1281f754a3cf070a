"""How a reader, in a process of its own, tells what it found and what it took; and how it is asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 600.0  # seconds for one reader
# With bytecode, as a deployed layer has it: compiling is neither import time nor memory of a reader.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Told(NamedTuple):
    """`seconds`: of the reading, without starting Python and importing. `rss`: bytes resident at most.

    `trips`: requests that waited for one another, where the reader counts them. `error`: why there are no facts.
    """

    facts: Mapping[str, Any] | None = None
    seconds: float = 0.0
    rss: int = 0
    trips: int | None = None
    error: str = ""


def tell(read: Callable[[], tuple[Mapping[str, Any], int | None]]) -> None:
    """Runs `read`, which answers facts and round trips, and prints all that there is to tell."""
    begun = time.perf_counter()
    facts, trips, error = None, None, ""
    try:
        facts, trips = read()
    except Exception as failure:  # noqa: BLE001 - of any library
        error = f"{type(failure).__name__}: {failure}"
    seconds = time.perf_counter() - begun
    print(json.dumps(Told(facts, seconds, _resident(), trips, error)._asdict()))


def ask(python: str, module: str, *arguments: str) -> Told:
    """What `python -m module arguments` tells."""
    command = [python, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=ENVIRONMENT)
    if done.returncode:
        return Told(error=(done.stderr.strip() or f"ended with {done.returncode}").splitlines()[-1])
    return Told(**json.loads(done.stdout))


def _resident() -> int:
    """The most, in bytes, since this program began; getrusage would count the memory of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0
