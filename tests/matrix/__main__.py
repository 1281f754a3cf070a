"""python -m tests.matrix: builds every disk, in every format, has it inspected and judged, and prints who agrees.

Needs root, /dev/fuse, the Debian packages of samples/README.md, and a Python with requirements/judges.txt.
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
SHOWN = 40  # disagreements


def why_not(judges: Path) -> str | None:
    """What is missing here to run it."""
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    if os.geteuid() != 0:
        return "it mounts volumes, which only root may"
    if not Path("/dev/fuse").exists():
        return "there is no /dev/fuse"
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        return f"not installed: {', '.join(missing)} (samples/README.md lists the packages)"
    if subprocess.run([DEBIAN_PYTHON, "-c", "import hivex"], check=False, capture_output=True).returncode:
        return "not installed: python3-hivex"
    return None if judges.exists() else f"there is no {judges}: make matrix makes it"


def disks(folder: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """Each disk as soon as it is built. Raises CalledProcessError where one cannot be."""
    command = [DEBIAN_PYTHON, "-m", "tests.matrix.build", str(folder), *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as builder:
        assert builder.stdout
        yield from map(json.loads, builder.stdout)
    if builder.returncode:
        raise subprocess.CalledProcessError(builder.returncode, command)


class Matrix:
    def __init__(self, judges: Path, forms: list[str]) -> None:
        self._judges, self._forms = judges, forms
        self._own = threading.local()
        self._open: list[DissectProcess] = []
        self.rows = {name: Row(judged=FORMATS[name].judged) for name in forms}
        self.problems: list[str] = []

    def look(self, disk: dict[str, Any]) -> list[tuple[str, Comparison]]:
        """In one of the workers: the disk in every format."""
        raw = Path(disk["raw"])
        try:
            return [(form, examine(raw, FORMATS[form], disk["facts"], self._judge())) for form in self._forms]
        finally:
            raw.unlink()

    def note(self, name: str, seen: list[tuple[str, Comparison]]) -> None:
        for form, verdict in seen:
            self.rows[form].add(verdict)
            self.problems += [f"{name}, {form}: {column}: {text}" for column, text in verdict.wrong]
        layouts = [layout for _, verdict in seen for layout in verdict.layout[:1]][:1]
        self.problems += [f"{name}: {text}" for text in layout_problems(ALL[name][0].ntfs, layouts)]

    def close(self) -> None:
        for judge in self._open:
            judge.close()

    def _judge(self) -> DissectProcess:
        if not hasattr(self._own, "judge"):
            self._own.judge = DissectProcess(self._judges)
            self._open.append(self._own.judge)
        judge: DissectProcess = self._own.judge
        return judge


def run(matrix: Matrix, names: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="matrix-", dir="/var/tmp") as folder, ThreadPoolExecutor(WORKERS) as pool:
        jobs: dict[str, Future[list[tuple[str, Comparison]]]] = {}
        for disk in disks(Path(folder), names):
            jobs[disk["name"]] = pool.submit(matrix.look, disk)
        for name, job in jobs.items():
            matrix.note(name, job.result())
    matrix.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--judges", type=Path, default=ROOT / ".venv-judges/bin/python", metavar="PYTHON")
    parser.add_argument("--format", action="append", choices=FORMATS, help="only this one; may be given again")
    parser.add_argument("disks", nargs="*", choices=[*ALL, []], help="none: all")
    wanted = parser.parse_args()
    if reason := why_not(wanted.judges):
        print(f"matrix skipped: {reason}")
        return
    begun, matrix = time.monotonic(), Matrix(wanted.judges, wanted.format or list(FORMATS))
    names = wanted.disks or list(ALL)
    run(matrix, names)
    print(render(matrix.rows))
    print(f"{len(names)} disks, {time.monotonic() - begun:.0f} s, {len(matrix.problems)} disagreements")
    sys.exit("\n".join(matrix.problems[:SHOWN]) or None)


if __name__ == "__main__":
    main()
