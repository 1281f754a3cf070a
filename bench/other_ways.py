"""Other tools that read an image in a bucket."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench import compare_facts
from bench.far_bucket import PEERS, RATE, Bucket, Cost, libyal, ours
from bench.reader_process import TIMEOUT, InspectionCost
from bench.table import Row

HEAD = ("tool", "image", "result", "requests", "MB", "s")
LIBYAL = ("raw", "dynamic.vhd", "zlib.qcow2")  # the other formats would take a minute each


def rows(near: Bucket, folder: Path, files: list[str]) -> Iterator[Row]:
    first = files[0]
    ending = first.partition(".")[2]
    size = (folder / first).stat().st_size
    cost = near.cost(_qemu_img, first, 1)
    yield _row("qemu-img info over HTTP", ending, cost.last.error or "format, size", cost)
    for file in files:
        if PEERS.exists() and file.startswith(first.partition(".")[0]) and file.partition(".")[2] in LIBYAL:
            yield _libyal(near, file)
    yield "download at 100 MB/s, then any tool", ending, "", "1", f"{size / 1e6:,.0f}", f"{size / RATE:.0f}"
    if shutil.which("virt-inspector"):
        yield _virt_inspector(folder / first)


def _libyal(near: Bucket, file: str) -> Row:
    cost, our_cost = near.cost(libyal, file, 1), near.cost(ours, file, 1)
    result = (
        "no facts: cannot open NTFS"
        if cost.last.error
        else f"{compare_facts.facts(our_cost.last.facts, cost.last.facts)} facts"
    )
    return _row("libyal", file.partition(".")[2], result, cost)


def _qemu_img(url: str) -> InspectionCost:
    seconds, error = _timed("qemu-img", "info", url)
    return InspectionCost(seconds=seconds, error=error)


def _virt_inspector(file: Path) -> Row:
    """Starts a virtual machine on the local file."""
    seconds, error = _timed("virt-inspector", "-a", str(file))
    result = error or "product, version"
    return "virt-inspector on the local file", file.suffix[1:], result, "", "", f"{seconds:.2f}"


def _timed(*command: str) -> tuple[float, str]:
    """(seconds, error)."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    return time.perf_counter() - started, done.stderr.strip()[-80:] if done.returncode else ""


def _row(tool: str, image: str, result: str, cost: Cost) -> Row:
    return tool, image, result, f"{cost.requests}", f"{cost.bytes / 1e6:.2f}", f"{cost.seconds:.2f}"
