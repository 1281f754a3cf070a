"""Tries one mutant: its covering unit tests, then its covering contract tests, then histories, until one fails."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.covering import Covering
from tests.mutants.draw import Mutant
from tests.mutants.trees import Tree

STAGES = {"unit": ("tests/unit/", "tests/golden/"), "contract": ("tests/contract/",)}
HISTORIES_COMMAND = ("-m", "tests.mutants.histories", "300")
CPU_SECONDS = 600  # of one process; a mutant that needs more never ends. A busy machine does not shorten it
SECONDS = 3600  # for a mutant that waits without end
MEMORY = 4 << 30  # bytes, of address space
PASSED, KILLED, USAGE = (0, 5), (1, 2, 3), 4  # exit codes of pytest; 5: no test is left, of those with parameters
FIRST_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)|^(seed \d+: .*)", re.MULTILINE)


class CannotRun(Exception):
    """The tests did not run, so nothing is known about the mutant."""


@dataclass(frozen=True)
class Outcome:
    """`stage`: that killed the mutant; None: it survived. `by`: the test or check that failed first."""

    stage: str | None
    by: str = ""


def try_mutant(tree: Tree, mutant: Mutant, covering: Covering) -> Outcome:
    with tree.mutated(mutant.path, mutant.code):
        for stage, command in _stages(tree, mutant, covering):
            if killer := _run(tree, command):
                return Outcome(stage, killer)
    return Outcome(None)


def _stages(tree: Tree, mutant: Mutant, covering: Covering) -> Iterator[tuple[str, list[str]]]:
    for stage, folders in STAGES.items():
        if tests := covering.tests(mutant, folders):
            arguments = tree.root / ".tests"
            arguments.write_text("\n".join(tests), "utf-8")
            yield stage, tree.pytest("-x", "-rfE", "--tb=no", "--no-header", f"@{arguments}")
    yield "histories", [sys.executable, *HISTORIES_COMMAND, mutant.path]


def first_broken_history(tree: Tree) -> str:
    """Without a mutant: empty if none is broken."""
    return _run(tree, [sys.executable, *HISTORIES_COMMAND])


def _run(tree: Tree, command: list[str]) -> str:
    """What failed first; empty: nothing. Raises CannotRun."""
    log = tree.root / ".log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=tree.root,
            env=tree.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_limit,
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return "time-out"
        finally:
            _kill(process)
    return _killer(code, log)


def _killer(code: int, log: Path) -> str:
    text = log.read_text("utf-8", "replace")
    if code in PASSED:
        return ""
    if code < 0:
        return "time-out" if -code in (signal.SIGXCPU, signal.SIGKILL) else signal.Signals(-code).name
    first = FIRST_FAILED.search(text)
    # Pytest calls it wrong usage if it cannot import the file of a test that is named.
    if code in KILLED or (code == USAGE and (first or "ImportError while loading conftest" in text)):
        return (first[1] or first[2]) if first else "import"
    raise CannotRun(f"exit code {code}:\n{text[-2000:]}")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
