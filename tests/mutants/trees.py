"""Copies of the repository in which one file is mutated, and how tests run there."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEFT_OUT = (".*", "build", "__pycache__", "*.egg-info")
CODE = ("layers", "local", "cli", "functions", "tests")  # what may change a result
FOLDERS_IMPORTED = (".", "layers/core", "local", "cli")


class Tree:
    """A copy of the repository."""

    def __init__(self, original: Path, root: Path) -> None:
        self.root, self._mutants = root, 0
        shutil.copytree(original, root, ignore=shutil.ignore_patterns(*LEFT_OUT))

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": os.pathsep.join(str(self.root / folder) for folder in FOLDERS_IMPORTED),
            "COVERAGE_FILE": str(self.root / ".coverage"),
        }

    def pytest(self, *arguments: str) -> list[str]:
        quiet = ["-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", f"--basetemp={self.root}/.tmp"]
        return [sys.executable, "-m", "pytest", *quiet, *arguments]

    @contextmanager
    def mutated(self, path: str, code: str) -> Iterator[None]:
        file, self._mutants = self.root / path, self._mutants + 1
        before, times = file.read_bytes(), (file.stat().st_atime, file.stat().st_mtime)
        file.write_text(code, "utf-8")
        os.utime(file, (0, self._mutants))  # Python knows compiled code by the time of its source, in seconds
        try:
            yield
        finally:
            file.write_bytes(before)
            os.utime(file, times)


def digest(root: Path) -> str:
    """Of everything that can change a result."""
    found = hashlib.sha256()
    for folder in CODE:
        for path in sorted((root / folder).rglob("*.py")):
            found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
