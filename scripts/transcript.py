#!/usr/bin/env python3
"""Writes the transcripts in README.md from real runs of the commands, or compares them.

    scripts/transcript.py          runs the commands and writes the blocks that differ
    scripts/transcript.py --check  runs the commands and exits 1 if a block differs

Ids, seconds and percentages are not compared, so that an unchanged block stays as it is. A block is between
`<!-- transcript: COMMAND -->` and `<!-- end -->`. Run it with the Python of .venv.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
SAMPLE = ROOT / "samples" / "windows-server-2022.qcow2"
PREFIXES = ("IMAGEDROP_", "HUAWEICLOUD_", "AWS_")  # environment variables that the commands read
WIDTH = 100  # characters
CUT = 300_000  # bytes of the sample in the incomplete image
OPTIONAL_STEP = re.compile(r" s  half-way ")  # a step that the demo may miss on a busy machine: not compared
MASKS = (  # what differs from run to run
    (re.compile(r"^ *\d+\.\d s(?=  )"), "SECONDS"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "IMAGE"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "JOB"),
    (re.compile(r"\b\d+%"), "PERCENT"),
)


def run(*arguments: str, folder: str, code: int) -> list[str]:
    """The lines on stdout. Exits if the command exits with another code than `code`."""
    paths = os.pathsep.join(str(ROOT / part) for part in ("layers/core", "local", "cli"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    process = subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, "-m", "imagedrop_cli", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if process.returncode != code:
        sys.exit(f"imagedrop {arguments[0]} exited with {process.returncode}, not {code}:\n{process.stderr}")
    return process.stdout.splitlines()


def demo(folder: str) -> list[str]:
    """Only the steps: the mail after them is not in the README."""
    lines = run("demo", folder=folder, code=0)
    return ["$ make demo", *lines[: lines.index("")]]


def check(folder: str) -> list[str]:
    """An incomplete image. Long lines are wrapped as on a terminal."""
    Path(folder, "disk.qcow2").write_bytes(SAMPLE.read_bytes()[:CUT])
    lines = run("check", "disk.qcow2", folder=folder, code=1)
    wrapped = (textwrap.wrap(line, WIDTH, subsequent_indent="  ") if len(line) > WIDTH else [line] for line in lines)
    return ["$ imagedrop check disk.qcow2", *chain.from_iterable(wrapped)]


TRANSCRIPTS: dict[str, Callable[[str], list[str]]] = {"imagedrop demo": demo, "imagedrop check": check}


def comparable(lines: list[str]) -> list[str]:
    lines = [line for line in lines if not OPTIONAL_STEP.search(line)]
    for pattern, name in MASKS:
        lines = [pattern.sub(name, line) for line in lines]
    return lines


def main() -> None:
    text = README.read_text("utf-8")
    problems = []
    for name, make in TRANSCRIPTS.items():
        block = re.compile(rf"(?<=<!-- transcript: {name} -->\n```\n).*?(?=```\n<!-- end -->)", re.DOTALL)
        found = block.search(text)
        if found is None:
            sys.exit(f"README.md has no block between <!-- transcript: {name} --> and <!-- end -->")
        with tempfile.TemporaryDirectory() as folder:
            lines = make(folder)
        if comparable(found[0].splitlines()) == comparable(lines):
            continue
        text = text[: found.start()] + "".join(f"{line}\n" for line in lines) + text[found.end() :]
        problems.append(
            f"README.md: the transcript of `{name}` differs from its output, which is:\n" + "\n".join(lines)
        )
    if "--check" not in sys.argv[1:]:
        README.write_text(text, "utf-8")
    elif problems:
        sys.exit("\n\n".join([*problems, "To update it: scripts/transcript.py"]))


if __name__ == "__main__":
    main()
