"""imagedrop on this machine: the embedded stack, working with a cloud that is somewhere else."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop.settings import Settings
from imagedrop_local import addresses, sockets
from imagedrop_local.cloud_connection import CloudConnection
from imagedrop_local.stack.errors import StackError, error_text
from imagedrop_local.stack.outputs import Outputs
from imagedrop_local.stack.stack import Stack
from imagedrop_local.stack.urls import FunctionFailed

DAY = 1440  # minutes


class CannotStart(Exception):
    """It cannot start; the message says why and how to fix it."""


@dataclass(frozen=True)
class Ports:
    """Ports on 127.0.0.1; 0: any free one."""

    aws: int = 0
    intake: int = 0
    status: int = 0


class Machine:
    """`with Machine(...) as machine`, or `start` and `stop`. `addresses`: the addresses of everything.

    `folder`: the state, kept over restarts. `settings`: of the functions, over those that follow from `connection`.
    `secrets`: those of the stack, besides the keys of the connection. `sweep_every`: minutes. `log`: file that gets the
    logs; None: the stderr of this process. `by_hand`: it calls no function by itself.
    """

    stack: Stack

    def __init__(
        self,
        folder: Path,
        connection: CloudConnection | None,
        bucket: str,
        *,
        ports: Ports,
        settings: Mapping[str, Any],
        secrets: Mapping[str, str],
        sweep_every: int,
        log: Path | None,
        by_hand: bool = False,
    ) -> None:
        self.folder, self.bucket, self._connection = folder.resolve(), bucket, connection
        self._ports, self._settings, self._secrets = ports, dict(settings), dict(secrets)
        self._sweep_every, self._log, self._by_hand = DAY if by_hand else sweep_every, log, by_hand
        self.addresses: dict[str, Any] = {}
        self._stopped = threading.Event()

    def start(self) -> Self:
        """Returns when drops can be processed. Raises CannotStart; then nothing is left running."""
        self._check_ports()
        self._stopped.clear()
        try:
            self._start()
        except (StackError, OSError) as error:
            self.stop()
            raise CannotStart(error_text(error)) from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stops everything; unfinished work continues at the next start."""
        self._stopped.set()
        addresses.remove(self.folder)
        if hasattr(self, "stack"):
            self.stack.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port of the AWS endpoint."""
        return urlsplit(self.stack.outputs.endpoint).port or 0

    def sweep(self) -> Any:
        """Runs the sweep once, now. Raises FunctionFailed."""
        return self.stack.invoke("sweep", {})

    # --- steps ---------------------------------------------------------------------------------------------------

    def _check_ports(self) -> None:
        for name, port in asdict(self._ports).items():
            if port and not sockets.is_free(port):
                raise CannotStart(
                    f"127.0.0.1:{port} is in use: stop the other program, or choose another port for {name} "
                    "(0: any free one)"
                )

    def _start(self) -> None:
        restarted = (self.folder / "aws").exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        connection = self._connect()
        settings = connection.settings(self.bucket) | self._settings
        self.stack = Stack(
            self.folder / "aws",
            port=self._ports.aws,
            settings=settings,
            secrets=self._secrets | connection.secrets(),
            sweep_every=self._sweep_every,
            intake_port=self._ports.intake,
            status_port=self._ports.status,
            log=self._log,
            by_hand=self._by_hand,
        )
        self._connect_events(self.stack.start())
        self.addresses = self._addresses(connection)
        addresses.write(self.folder, self.addresses)
        if restarted and not self._by_hand:
            stall_after = float(settings.get("stall_after") or Settings.model_fields["stall_after"].default)
            threading.Thread(target=self._catch_up, args=(stall_after,), name="catch-up", daemon=True).start()

    def _connect(self) -> CloudConnection:
        assert self._connection is not None
        return self._connection

    def _connect_events(self, outputs: Outputs) -> None:
        """Nothing: the sweep finds the drops."""

    def _catch_up(self, stall_after: float) -> None:
        """Sweeps for the drops of an earlier run: at once, and again when the stalled ones count as stalled."""
        for pause in (0.0, stall_after + 1):
            if self._stopped.wait(pause):
                return
            with contextlib.suppress(FunctionFailed, BotoCoreError, ClientError):  # the scheduled sweep tries again
                self.sweep()

    def _addresses(self, connection: CloudConnection) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "folder": str(self.folder),
            "logs": str(self._log) if self._log else None,
            "aws": asdict(self.stack.outputs),
            **connection.public(self.bucket),
        }
