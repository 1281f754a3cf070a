"""Writes docs/internals/performance.md: the results of the inspection benchmark, and on which machine."""

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

Entry point: the figures of imagedrop are those of the library function `imagedrop.inspection.inspect` over HTTP, called
as the command `imagedrop check URL` calls it. They do not include the start of Python, imports, the rules for the
sidecar and the output. The handler of the function `validate` calls the same function over OBS's API;
[load.md](load.md) measures the handlers.

A local server serves the images. Every request waits 20 ms for its first byte (150 ms: a bucket on another continent),
and all connections together get {rate:.0f} MB/s. Each reader runs in its own process and gets only a URL.

* Seconds: reading only; at 20 ms the median of several runs, at 150 ms one run.
* Requests and bytes: counted by the server, with the first request, which asks for the size.
* Round trip: a request, or several parallel requests, that had to wait for the one before.
"""


def write(sections: Iterable[Section]) -> None:
    parts = [f"## {section.title}\n\n{section.note}\n{section.table}" for section in sections]
    PAGE.write_text("\n".join([_introduction(), *parts]), encoding="utf-8")


def _introduction() -> str:
    machine = f"{os.cpu_count()} cores of {_processor()}, {platform.system()}, Python {platform.python_version()}"
    measured = f"Measured {datetime.now(UTC).date()} on {machine}; compared with: {', '.join(_peers()) or 'nothing'}."
    return f"{INTRODUCTION.format(rate=RATE / 1e6)}\n{textwrap.fill(measured, 120)}\n"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _peers() -> list[str]:
    """Name and version of each installed library."""
    if not PEERS.exists():
        return []
    command = [str(PEERS), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [line.replace("==", " ") for line in listed if line.startswith(("dissect.", "lib"))]
