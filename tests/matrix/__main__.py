"""python -m tests.matrix: builds every disk in every format, inspects it, compares with dissect, and prints a table.

Needs root, /dev/fuse, the Debian packages of samples/README.md, and a Python with requirements/matrix.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.matrix.examine import Comparison, DissectProcess, examine
from tests.matrix.formats import FORMATS
from tests.matrix.layout_check import layout_problems
from tests.matrix.recipes import ALL
from tests.matrix.table import Row, render

DEBIAN_PYTHON = "/usr/bin/python3"
PROGRAMS = (
    "qemu-img",
    "mkntfs",
    "ntfs-3g",
    "ntfscat",
    "ntfscp",
    "ntfsfix",
    "mkfs.vfat",
    "mke2fs",
    "sgdisk",
    DEBIAN_PYTHON,
)
ROOT = Path(__file__).parents[2]
WORKERS = 2
MAX_SHOWN = 40  # disagreements


def missing_requirement(python: Path) -> str | None:
    """Why the matrix cannot run here."""
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    if os.geteuid() != 0:
        return "it mounts volumes, which only root may"
    if not Path("/dev/fuse").exists():
        return "there is no /dev/fuse"
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        return f"not installed: {', '.join(missing)} (samples/README.md lists the packages)"
    if subprocess.run([DEBIAN_PYTHON, "-c", "import hivex"], check=False, capture_output=True).returncode:
        return "not installed: python3-hivex"
    return None if python.exists() else f"there is no {python}: make matrix makes it"


def disks(folder: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """Each disk as soon as it is built. Raises CalledProcessError where the build fails."""
    command = [DEBIAN_PYTHON, "-m", "tests.matrix.build", str(folder), *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as builder:
        assert builder.stdout
        yield from map(json.loads, builder.stdout)
    if builder.returncode:
        raise subprocess.CalledProcessError(builder.returncode, command)


class Matrix:
    def __init__(self, python: Path, formats: list[str]) -> None:
        self._python, self._formats = python, formats
        self._thread = threading.local()
        self._processes: list[DissectProcess] = []
        self.rows = {name: Row(in_dissect=FORMATS[name].in_dissect) for name in formats}
        self.problems: list[str] = []

    def examine(self, disk: dict[str, Any]) -> list[tuple[str, Comparison]]:
        """The disk in every format. Runs in a worker thread."""
        raw = Path(disk["raw"])
        try:
            return [(name, examine(raw, FORMATS[name], disk["facts"], self._dissect())) for name in self._formats]
        finally:
            raw.unlink()

    def add(self, name: str, comparisons: list[tuple[str, Comparison]]) -> None:
        for form, comparison in comparisons:
            self.rows[form].add(comparison)
            self.problems += [f"{name}, {form}: {column}: {text}" for column, text in comparison.differences]
        layouts = [layout for _, comparison in comparisons for layout in comparison.layout[:1]][:1]
        self.problems += [f"{name}: {text}" for text in layout_problems(ALL[name][0].ntfs, layouts)]

    def close(self) -> None:
        for process in self._processes:
            process.close()

    def _dissect(self) -> DissectProcess:
        """One process for each thread."""
        if not hasattr(self._thread, "process"):
            self._thread.process = DissectProcess(self._python)
            self._processes.append(self._thread.process)
        process: DissectProcess = self._thread.process
        return process


def run(matrix: Matrix, names: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="matrix-", dir="/var/tmp") as folder, ThreadPoolExecutor(WORKERS) as pool:
        jobs: dict[str, Future[list[tuple[str, Comparison]]]] = {}
        for disk in disks(Path(folder), names):
            jobs[disk["name"]] = pool.submit(matrix.examine, disk)
        for name, job in jobs.items():
            matrix.add(name, job.result())
    matrix.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-matrix/bin/python", metavar="PYTHON")
    parser.add_argument("--format", action="append", choices=FORMATS, help="only this format; may be repeated")
    parser.add_argument("disks", nargs="*", choices=[*ALL, []], help="none: all")
    arguments = parser.parse_args()
    if reason := missing_requirement(arguments.python):
        print(f"matrix skipped: {reason}")
        return
    started, matrix = time.monotonic(), Matrix(arguments.python, arguments.format or list(FORMATS))
    names = arguments.disks or list(ALL)
    run(matrix, names)
    print(render(matrix.rows))
    print(f"{len(names)} disks, {time.monotonic() - started:.0f} s, {len(matrix.problems)} disagreements")
    sys.exit("\n".join(matrix.problems[:MAX_SHOWN]) or None)


if __name__ == "__main__":
    main()
