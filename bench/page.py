"""docs/internals/performance.md: what the benchmark of the inspection measured, and on what."""

from __future__ import annotations

import os
import platform
import subprocess
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.far_bucket import PEERS, RATE
from bench.report_section import Section

PAGE = Path(__file__).parents[1] / "docs/internals/performance.md"
INTRODUCTION = """\
# What an inspection costs

Written by `python -m bench inspection --page`. Compare ratios, not seconds.

The images lie behind a server that lets every request wait 20 ms for its first byte (150 ms: as across an ocean) and
gives all connections together {rate:.0f} MB/s. Each reader is a process of its own that is given a URL and nothing
else. Seconds are those of reading alone, without starting Python and importing: at 20 ms the median of several, at
150 ms of one. The server counts requests, the first question for the size among them, and bytes. A round trip is a
request, or several side by side, that had to wait for the one before.
"""


def write(sections: Iterable[Section]) -> None:
    parts = [f"## {one.title}\n\n{one.note}\n{one.table}" for one in sections]
    PAGE.write_text("\n".join([_introduction(), *parts]), encoding="utf-8")


def _introduction() -> str:
    machine = f"{os.cpu_count()} cores of {_processor()}, {platform.system()}, Python {platform.python_version()}"
    measured = f"Measured {datetime.now(UTC).date()} on {machine}; peers: {', '.join(_peers()) or 'none'}."
    return f"{INTRODUCTION.format(rate=RATE / 1e6)}\n{textwrap.fill(measured, 120)}\n"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _peers() -> list[str]:
    """Name and version of each library there is."""
    if not PEERS.exists():
        return []
    command = [str(PEERS), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [one.replace("==", " ") for one in listed if one.startswith(("dissect.", "lib"))]
