"""The SAM CLI: builds once, and runs functions in their containers."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop_local.project_paths import ROOT

BASE = "public.ecr.aws/lambda/python:3.13-x86_64"
STARTS_WITHIN, ANSWERS_WITHIN = 60.0, 400.0  # s; the sweep may take 300


class SamFailed(Exception):
    """The message is the SAM CLI's."""


class NoDocker(Exception):
    """The message says what is missing."""


def need_docker() -> None:
    """Raises NoDocker."""
    if not shutil.which("docker"):
        raise NoDocker("there is no docker on PATH")
    info = subprocess.run(["docker", "info", "--format", "{{.OSType}}"], capture_output=True, text=True, check=False)
    if info.returncode or info.stdout.strip() != "linux":
        raise NoDocker(f"no engine answers: {info.stderr.strip() or info.stdout.strip()}")


def logical(function: str) -> str:
    """The function's name in template.yaml."""
    return f"{function.capitalize()}Function"


@dataclass(frozen=True)
class Sam:
    """`path`: the command. `variables`: the file for --env-vars, {logical name: {variable: value}}. `log`: the output
    of commands and functions."""

    path: str
    variables: Path
    log: Path

    def build(self) -> None:
        build = self._run("build", "--config-env", "local")
        if build.returncode:
            raise SamFailed(f"sam build: {build.stderr.strip()[-2000:]}")

    def command(self, function: str, event: Path) -> list[str]:
        """The arguments of `sam local invoke`."""
        return [self.path, "local", "invoke", logical(function), "--event", str(event), *self._options()]

    def invoke(self, function: str, event: Any) -> Any:
        """Runs `sam local invoke` and returns the function's result."""
        file = self.variables.with_name("event.json")
        file.write_text(json.dumps(event), "utf-8")
        finished = self._run(*self.command(function, file)[1:])
        if finished.returncode:
            raise SamFailed(f"sam local invoke {logical(function)}: {finished.stderr.strip()[-2000:]}")
        return _answer(finished.stdout.strip().rpartition("\n")[2])

    @contextlib.contextmanager
    def started(self) -> Iterator[Started]:
        """Runs `sam local start-lambda`: one container per function, warm after its first call."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        arguments = [
            self.path,
            "local",
            "start-lambda",
            "--port",
            str(port),
            "--warm-containers",
            "LAZY",
            *self._options(),
        ]
        with self.log.open("ab") as log:
            process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stdout=log, stderr=log)
        try:
            _wait_until_open(process, port, self.log)
            yield Started(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()  # its containers end too
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def _options(self) -> list[str]:
        has_base = subprocess.run(["docker", "image", "inspect", BASE], capture_output=True, check=False)
        pull = [] if has_base.returncode else ["--skip-pull-image"]
        return [*pull, "--config-env", "local", "--env-vars", str(self.variables)]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        finished = subprocess.run(
            [self.path, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(finished.stderr)
        return finished


@dataclass(frozen=True)
class Started:
    url: str

    def invoke(self, function: str, event: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/2015-03-31/functions/{logical(function)}/invocations", json.dumps(event).encode()
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=ANSWERS_WITHIN) as answer:
            return _answer(answer.read().decode())


def _answer(text: str) -> Any:
    """The function's result, or `{"raised": ...}`."""
    try:
        returned = json.loads(text or "null")
    except ValueError:
        raise SamFailed(f"the container answered {text[:500]!r}") from None
    if isinstance(returned, dict) and "errorMessage" in returned:
        return {"raised": returned["errorMessage"]}
    return returned


def environment() -> dict[str, str]:
    """This process's environment, with the local stack's keys and without ~/.aws."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "IMAGEDROP_", "PYTHON"))
    }
    return inherited | {
        "PATH": f"{os.environ['PATH']}:{Path(sys.executable).parent}",  # `sam build` needs the runtime's Python
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
    }


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise SamFailed(f"sam local start-lambda did not start: {log.read_text('utf-8')[-2000:]}")
        time.sleep(0.1)
