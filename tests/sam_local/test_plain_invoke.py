"""`imagedrop up`, and then what it prints: `sam local invoke` with Docker's default network. `make sam-local` runs it.

The functions are called in the order of a drop, so that each has something to do.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from imagedrop_local.containers import bridge
from imagedrop_local.project_paths import NAMES, ROOT, SAMPLES
from tests.sam_local.sam import NoDocker, environment, logical, need_docker
from tests.support.signals import default_sigint

SAM = "IMAGEDROP_TEST_SAM"  # the variable with the path of the SAM CLI
FREE = [part for name in ("", "obs-", "ims-", "smn-", "intake-", "status-") for part in (f"--{name}port", "0")]
KEY = "golden/windows-server-2022.qcow2"
EVENTS = {
    "intake": "intake-secret-header.json",
    "validate": "validate-sqs.json",
    "register": "register-sqs.json",
    "poll": "poll-sqs.json",
    "notify": "notify-sqs.json",
    "sweep": "sweep-schedule.json",
    "status": "status-function-url.json",
}
EMPTY: dict[str, Any] = {"batchItemFailures": []}

pytestmark = [pytest.mark.docker, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Invoked:
    """`answer`: of the function. `messages`: its log lines."""

    answer: Any
    messages: list[str]
    output: str = field(repr=False)


@pytest.fixture(scope="module")
def sam() -> str:
    """The path of the SAM CLI, after `sam build`."""
    path = os.environ.get(SAM)
    if not path:
        pytest.skip(f"{SAM} is not set: run `make sam-local`")
    try:
        need_docker()
        bridge()
    except (NoDocker, OSError) as reason:
        pytest.skip(f"needs Docker on Linux: {reason}")
    subprocess.run([path, "build"], cwd=ROOT, env=environment(), capture_output=True, check=True)
    return path


def invoke(line: list[str], function: str, event: str = "") -> Invoked:
    """`line`: of `sam local invoke` for validate."""
    changes = {
        logical("validate"): logical(function),
        "events/validate-sqs.json": f"events/{event or EVENTS[function]}",
    }
    command = [changes.get(part, part) for part in line]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(text) for text in done.stderr.splitlines() if text.startswith('{"level"')]
    return Invoked(
        json.loads(done.stdout.strip().rpartition("\n")[2]), [found["message"] for found in lines], done.stderr
    )


@contextmanager
def up(folder: Path, *options: str) -> Iterator[list[str]]:
    """`imagedrop up`. Yields the line that it prints for `sam local invoke`."""
    with default_sigint():
        process = subprocess.Popen(
            [sys.executable, "-m", "imagedrop_cli", "up", "--folder", str(folder), *FREE, *options],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    with process:
        try:
            assert process.stdout is not None
            printed = ""
            while "Press Ctrl-C" not in printed:
                line = process.stdout.readline()
                assert line, printed
                printed += line
            (command,) = re.findall(r"^ *(sam local invoke .*)$", printed, re.MULTILINE)
            yield shlex.split(command)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def imagedrop(*arguments: str) -> str:
    command = [sys.executable, "-m", "imagedrop_cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_without_settings_each_function_ends_at_once_and_says_what_is_missing(sam: str) -> None:
    line = [sam, "local", "invoke", "ValidateFunction", "-e", "events/validate-sqs.json"]
    first, *others = NAMES
    found = [invoke(line, first)]  # makes the image of the containers
    with ThreadPoolExecutor(3) as pool:
        found += pool.map(lambda name: invoke(line, name), others)
    for one in found:
        assert one.answer["errorType"] == "NoLocalStack", one
        assert "--env-vars .imagedrop/sam-env.json" in one.answer["errorMessage"]
        assert one.messages == []
        assert float(re.findall(r"\tDuration: ([\d.]+) ms", one.output)[0]) < 10_000  # no call was tried, and repeated


def test_with_a_stack_each_function_does_its_work_and_without_it_each_ends_at_once(sam: str, tmp_path: Path) -> None:
    folder = tmp_path / "up"
    with up(folder, "--by-hand") as printed:
        line = [sam, *printed[1:]]
        imagedrop("drop", str(SAMPLES / "windows-server-2022.qcow2"), "--prefix", "golden", "--folder", str(folder))
        validated = invoke(line, "validate")
        assert (validated.answer, validated.messages) == (EMPTY, ["all files are there", "inspected", "accepted"])
        registered = invoke(line, "register")
        assert (registered.answer, registered.messages) == (EMPTY, ["calling CreateImage", "importing"])
        polled = invoke(line, "poll")  # by now the import has ended: 60 simulated seconds per second
        assert (polled.answer, polled.messages) == (EMPTY, ["ended"])
        notified = invoke(line, "notify")
        assert (notified.answer, notified.messages) == (EMPTY, ["notice delivered"])
        with ThreadPoolExecutor(3) as pool:
            swept, pushed, asked = pool.map(lambda name: invoke(line, name), ("sweep", "intake", "status"))
        assert (swept.answer["open"], swept.answer["whole"]) == (0, True)
        assert (pushed.answer["statusCode"], json.loads(pushed.answer["body"])["enqueued"]) == (200, 1)
        status = json.loads(asked.answer["body"])["drops"]
        assert [(row["key"], row["stage"]) for row in status] == [(KEY, "registered")]
        assert "registered" in imagedrop("status", KEY, "--folder", str(folder))
    stopped = invoke(line, "validate")
    assert stopped.answer["errorType"] == "NoLocalStack"
    assert "Start `imagedrop up`" in stopped.answer["errorMessage"]
