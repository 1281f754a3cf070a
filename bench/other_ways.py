"""Other ways to learn something of an image that lies in a bucket."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench import compare_facts
from bench.far_bucket import PEERS, RATE, Bucket, Cost, libyal, ours
from bench.reader_process import PATIENCE, Told
from bench.table import Row

HEAD = ("way", "image", "yields", "requests", "MB", "s")
LIBYAL = ("raw", "dynamic.vhd", "zlib.qcow2")  # a minute each


def rows(near: Bucket, folder: Path, files: list[str]) -> Iterator[Row]:
    first = files[0]
    ending = first.partition(".")[2]
    size = (folder / first).stat().st_size
    cost = near.cost(_qemu_img, first, 1)
    yield _row("qemu-img info over HTTP", ending, cost.told.error or "format, size", cost)
    for file in files:
        if PEERS.exists() and file.startswith(first.partition(".")[0]) and file.partition(".")[2] in LIBYAL:
            yield _libyal(near, file)
    yield "all of it at 100 MB/s, then any tool", ending, "", "1", f"{size / 1e6:,.0f}", f"{size / RATE:.0f}"
    if shutil.which("virt-inspector"):
        yield _virt_inspector(folder / first)


def _libyal(near: Bucket, file: str) -> Row:
    cost, mine = near.cost(libyal, file, 1), near.cost(ours, file, 1)
    yields = (
        "no facts: its NTFS does not open"
        if cost.told.error
        else f"{compare_facts.facts(mine.told.facts, cost.told.facts)} facts"
    )
    return _row("libyal", file.partition(".")[2], yields, cost)


def _qemu_img(url: str) -> Told:
    seconds, error = _timed("qemu-img", "info", url)
    return Told(seconds=seconds, error=error)


def _virt_inspector(file: Path) -> Row:
    """A virtual machine that looks at the local file."""
    seconds, error = _timed("virt-inspector", "-a", str(file))
    return (
        "virt-inspector, the file being local",
        file.suffix[1:],
        error or "product, version",
        "",
        "",
        f"{seconds:.2f}",
    )


def _timed(*command: str) -> tuple[float, str]:
    """(seconds, why it failed)."""
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return time.perf_counter() - begun, done.stderr.strip()[-80:] if done.returncode else ""


def _row(way: str, image: str, yields: str, cost: Cost) -> Row:
    return way, image, yields, f"{cost.requests}", f"{cost.bytes / 1e6:.2f}", f"{cost.seconds:.2f}"
