"""The processes of a run, `imagedrop cloud` and `imagedrop up`: starts and kills them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from imagedrop_local.project_paths import ROOT
from tests.chaos.plan import Kill
from tests.support.waiting import until

COMMAND = [sys.executable, "-m", "imagedrop_cli"]
PACKAGES = os.pathsep.join(str(ROOT / folder) for folder in ("layers/core", "local", "cli"))
TIMEOUT = 120.0  # s; a start takes two


class DidNotStart(RuntimeError):
    """A process ended instead of printing its addresses."""


class Process:
    """One of the two commands. `addresses`: its first line of output. Its log goes to `log`."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._log, self.arguments = log, arguments
        self._child: subprocess.Popen[str] | None = None
        self.addresses: dict[str, Any] = {}

    def start(self) -> None:
        with self._log.open("a") as log:
            self._child = subprocess.Popen(
                [*COMMAND, *self.arguments, "--json"],
                env=os.environ | {"PYTHONPATH": PACKAGES},
                text=True,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        addresses = json.loads(line or "{}")
        if "pid" not in addresses:
            raise DidNotStart(f"{self.arguments[0]} did not start: {line.strip()} (its log: {self._log})")
        self.addresses = addresses

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._wait()

    def stop(self) -> None:
        """Sends SIGTERM."""
        if self._child is not None:
            self._child.terminate()
            self._wait()

    def _wait(self) -> None:
        assert self._child is not None
        self._child.communicate(timeout=TIMEOUT)
        self._child = None


class Stack(Process):
    """`imagedrop up` and its child processes: ministack, which leads its own process group, and the functions."""

    def __init__(self, folder: Path, log: Path, *arguments: str) -> None:
        super().__init__(log, "up", "--folder", str(folder), *arguments)
        self._aws = folder / "aws"

    def interrupt(self, how: Kill) -> None:
        """Returns when all processes are dead."""
        if how == "parent":
            self.kill()  # ministack notices it and saves its state
            until(lambda: not self._running(), TIMEOUT)
        elif how.startswith("stop"):
            self.stop()
        else:
            self._kill_group()
            self.kill()
        if how.endswith("folder"):
            shutil.rmtree(self._aws, ignore_errors=True)

    def cpu(self) -> float:
        """CPU seconds of ministack and the functions, ended processes included."""
        return sum(_cpu(pid) for pid in self._group())

    def memory(self) -> tuple[float, list[float]]:
        """MB of resident memory: of ministack, and of each function that runs now."""
        by_pid = {pid: _memory(pid) for pid in self._group()}
        ministack = by_pid.pop(self._leader(), 0.0) if by_pid else 0.0
        return ministack, [size for size in by_pid.values() if size]

    def close(self) -> None:
        """Kills all processes, whatever their state."""
        self._kill_group()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.kill()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, ValueError, FileNotFoundError):
            os.killpg(self._leader(), signal.SIGKILL)
        until(lambda: not self._running(), TIMEOUT)

    def _leader(self) -> int:
        return int((self._aws / "lock").read_text())

    def _running(self) -> bool:
        """A zombie counts as dead: its parent, which should wait for it, was killed too."""
        return any(_state(pid) not in ("Z", "X", "") for pid in self._group())

    def _group(self) -> list[int]:
        try:
            leader = self._leader()
        except (ValueError, FileNotFoundError):
            return []
        return [pid for pid in _processes() if _group_of(pid) == leader]


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _fields(pid: int) -> list[str]:
    """/proc/<pid>/stat after the name, which may contain any character (proc(5)). Empty: no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _state(pid: int) -> str:
    return next(iter(_fields(pid)), "")


def _group_of(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[2]) if fields else 0


def _memory(pid: int) -> float:
    fields = _fields(pid)
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if fields else 0.0


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") if fields else 0.0
