"""A fresh clone of this repository, and commands in it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from imagedrop_local.project_paths import ROOT


class Failed(Exception):
    """The message says which command failed, and has the end of its output."""


@contextlib.contextmanager
def fresh_clone() -> Iterator[Path]:
    """Of the last commit; deleted in the end."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "imagedrop"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        yield clone


def run(command: list[str], folder: Path) -> str:
    """Answers every question with yes. Returns the last line. Raises Failed."""
    finished = subprocess.run(
        command, cwd=folder, env=environment(), input="y\n" * 9, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise Failed(f"{' '.join(command)}: {(finished.stdout + finished.stderr).strip()[-2000:]}")
    return last_line(finished.stdout)


def environment() -> dict[str, str]:
    """Keys for an emulator of AWS, unless there are others. `sam build` needs the runtime's Python on the PATH: here it
    is at least this one."""
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    path = f"{os.environ['PATH']}:{Path(sys.executable).parent}"
    return {**keys, **os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0"}


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
