"""The import time and the memory of a reader."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.far_bucket import NEAR, PEERS, Reader, bucket, dissect, ours
from bench.reader_process import ENVIRONMENT
from bench.table import Row

HEAD = ("reader", "import: ms more than bare Python", "peak memory of an inspection: MB")
TIMES = 15


def rows(folder: Path, file: str) -> Iterator[Row]:
    readers: list[tuple[str, str, str, Reader]] = [("imagedrop", sys.executable, "imagedrop.inspection", ours)]
    if PEERS.exists():
        readers.append(("dissect", str(PEERS), "bench.peers.dissect_reader", dissect))
    with bucket(folder, NEAR) as near:
        for name, python, module, reader in readers:
            memory = near.cost(reader, file, 1).last.peak_memory / 1e6
            yield name, f"{import_ms(python, module):.0f}", f"{memory:.0f}"


def import_ms(python: str, module: str) -> float:
    """Median difference of a start of Python with and without the import, measured in turn."""
    _start(python, f"import {module}")  # writes the bytecode
    pairs = [(_start(python, f"import {module}"), _start(python, "pass")) for _ in range(TIMES)]
    return 1000 * statistics.median(with_import - bare for with_import, bare in pairs)


def _start(python: str, command: str) -> float:
    started = time.perf_counter()
    subprocess.run([python, "-c", command], check=True, env=ENVIRONMENT)
    return time.perf_counter() - started
