"""ministack as a child process on 127.0.0.1, with state and log in a folder."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

from imagedrop_local.stack import aws, bridge, host
from imagedrop_local.stack.errors import StackError

_START, _STOP = 180.0, 60.0  # s; usually two and one, on a busy machine much more


class Ministack:
    """Ends with `stop`, and also when this process ends in any way."""

    def __init__(self, folder: Path, port: int, log: Path | None) -> None:
        """`log`: None: the stderr of this process."""
        self.folder, self.port, self._log = folder, port or _free_port(), log
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if _answers(self.port):
            raise StackError(f"127.0.0.1:{self.port} is in use: stop the other program, or choose another port")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") if self._log else nullcontext(sys.stderr) as log:
            self._child = subprocess.Popen(  # noqa: S603 - the same Python
                [sys.executable, "-m", host.__name__, str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_environment() | bridge.environment(self.folder, self.port, aws.REGION),
                start_new_session=True,  # Ctrl-C must reach only the parent, which then stops it cleanly
            )

    def wait_until_ready(self) -> None:
        """Returns when ministack accepts requests. Raises StackError."""
        end = time.monotonic() + _START
        while not _answers(self.port, "/_ministack/ready"):
            self._check_alive()
            if time.monotonic() > end:
                self.stop()
                raise StackError(f"ministack did not start within {_START:.0f} s; its log: {self._log or 'above'}")
            time.sleep(0.02)
        self._check_alive()

    def stop(self) -> None:
        """Stops it, waits until its state is written, and kills its running functions."""
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        child.stdin.close()
        try:
            child.wait(_STOP)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        with contextlib.suppress(ProcessLookupError):  # usually no process is left
            os.killpg(child.pid, signal.SIGKILL)  # a running function would continue without ministack

    def _check_alive(self) -> None:
        code = self._child.poll() if self._child else None
        if code == host.IN_USE:
            raise StackError(f"{self.folder} is in use by another stack: stop it, or choose another folder")
        if code is not None:
            raise StackError(f"ministack ended while it started; its log: {self._log or 'above'}")


def _environment() -> dict[str, str]:
    """This process's environment, without variables that would reach the functions."""
    excluded = ("AWS_", "IMAGEDROP_", "POWERTOOLS_", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(excluded)}
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, (environment.get(name), "127.0.0.1", "localhost")))
    return environment | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def _answers(port: int, path: str = "") -> bool:
    """Whether the port is open; with `path`: whether it answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.connect()
            if not path:
                return True
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
