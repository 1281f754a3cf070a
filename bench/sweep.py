"""What a full listing of a large bucket costs the sweep: invocations, requests, seconds and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.big_bucket import BUCKET
from bench.sweep_server import generated, serving, stored
from bench.table import table
from imagedrop_local.cloud_connection import PROJECT_ID, REGION
from imagedrop_local.obs.store import Store

PAGE = Path(__file__).parents[1] / "docs/internals/sweep.md"
TIMEOUT = 300.0  # s; of the function in template.yaml
HEAD = (
    "files",
    "end markers",
    "time limit",
    "invocations",
    "LIST requests",
    "other requests",
    "seconds in all",
    "longest",
    "peak memory",
)


@dataclass(frozen=True)
class Case:
    """`timeout`: of the function, in seconds."""

    make: Callable[[Path, int, int], Store]
    files: int
    ended: int
    timeout: float = TIMEOUT


CASES = (
    Case(stored, 10_000, 5_000),
    Case(generated, 1_000_000, 500_000),
    Case(generated, 1_000_000, 500_000, timeout=120.0),
)


def run(page: bool = False) -> None:
    text = table(HEAD, [_row(case) for case in CASES])
    print(f"sweep\n\n{text}")
    if page:
        begin, _, _ = PAGE.read_text(encoding="utf-8").partition("| files")
        PAGE.write_text(begin + text, encoding="utf-8")


def _row(case: Case) -> list[str]:
    with serving(case.make, case.ended, case.files - case.ended) as url:
        invocations = list(_full_listing(url, case.timeout))
        requests = _requests(url)
    seconds = [invocation["seconds"] for invocation in invocations]
    listed = sum(invocation["response"]["listed"] for invocation in invocations)
    found = sum(invocation["response"]["found"] for invocation in invocations)
    assert (listed, found) == (case.files, 0), (listed, found)
    lists = requests.pop("ListObjectsV2")
    peak = max(invocation["peak_memory"] for invocation in invocations)
    return [
        f"{case.files:,}",
        f"{case.ended:,}",
        f"{case.timeout:.0f} s",
        str(len(invocations)),
        f"{lists:,}",
        str(sum(requests.values())),
        f"{sum(seconds):.0f} s",
        f"{max(seconds):.1f} s",
        f"{peak / 1e6:.0f} MB",
    ]


def _full_listing(url: str, timeout: float) -> Iterator[dict[str, Any]]:
    """Invokes the function until every file was listed with the end markers of every drop."""
    note = None
    while True:
        invocation = _invoke(url, note, timeout)
        yield invocation
        note = invocation["note"]
        if not note or (note["after"] is None and not note.get("first_folder")):
            return


def _invoke(url: str, note: Mapping[str, Any] | None, timeout: float) -> dict[str, Any]:
    environment = {
        **os.environ,
        "IMAGEDROP_REGION": REGION,
        "IMAGEDROP_PROJECT_ID": PROJECT_ID,
        "IMAGEDROP_DROP_BUCKET": BUCKET,
        "IMAGEDROP_OBS_ENDPOINT": url,
        "IMAGEDROP_OBS_ADDRESSING": "path",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "IMAGEDROP_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "bench.sweep_process", json.dumps(note), str(timeout)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _requests(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/_sim/state") as response:
        counts: dict[str, int] = json.loads(response.read())
        return counts
