"""Everything on one machine: the simulators (or another cloud) and the embedded stack, connected.

bucket --event rule--> SMN topic --push--> URL of the intake. The template's parameters have the addresses of OBS, IMS
and SMN.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop_local import addresses, sockets, wiring
from imagedrop_local.cloud import Cloud, FolderInUse
from imagedrop_local.cloud import Ports as CloudPorts
from imagedrop_local.obs.model import StoreError
from imagedrop_local.stack.errors import StackError
from imagedrop_local.stack.stack import Stack
from imagedrop_local.stack.urls import FunctionFailed
from imagedrop_local.switches import Switches
from imagedrop_local.wiring import BUCKET, CloudConnection

WEBHOOK_SECRET = "only-for-local-use"  # noqa: S105 - for a stack on 127.0.0.1; also in events/intake-secret-header.json


class CannotStart(Exception):
    """The stack cannot start; the message says why and how to fix it."""


@dataclass(frozen=True)
class Ports:
    """Ports on 127.0.0.1; 0: any free one."""

    aws: int = 0
    obs: int = 0
    ims: int = 0
    smn: int = 0
    intake: int = 0
    status: int = 0


class LocalStack:
    """`with LocalStack(folder) as local: ...`, or `start` and `stop`. `addresses`: the addresses of everything.

    `folder`: the state, kept over restarts; `<folder>/obs/<bucket>/` is the bucket. `time_scale`: simulated seconds per
    second. `elsewhere`: a cloud to use instead of simulators. `settings`: of the functions, over those set here.
    `sweep_every`: minutes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ports: Ports | None = None,
        elsewhere: CloudConnection | None = None,
        bucket: str = BUCKET,
        time_scale: float = 60,
        switches: Switches | None = None,
        settings: Mapping[str, Any] | None = None,
        sweep_every: int = 1,
    ) -> None:
        self.folder, self.bucket = Path(folder).resolve(), bucket
        self._ports, self._elsewhere, self._settings = ports or Ports(), elsewhere, dict(settings or {})
        self._time_scale, self._switches, self._sweep_every = time_scale, switches, sweep_every
        self.cloud: Cloud | None = None  # None if `elsewhere` is used
        self.stack: Stack
        self.addresses: dict[str, Any] = {}
        self._log = self.folder / "aws/ministack.log"
        self._stopped = threading.Event()

    def start(self) -> Self:
        """Returns when drops can be processed. Raises CannotStart; then nothing is left running."""
        self._check_ports()
        self._stopped.clear()
        try:
            self._start()
        except (StackError, StoreError, FolderInUse, wiring.SubscriptionNotConfirmed, OSError) as error:
            self.stop()
            raise CannotStart(wiring.error_text(error)) from error
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
        if self.cloud is not None:
            self.cloud.stop()
            self.cloud = None

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

    def _installation(self) -> dict[str, str]:
        """Two machines on one bucket of the real cloud are two installations."""
        return {"installation": f"{socket.gethostname()}:{self.folder}"} if self._elsewhere else {}

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
        connection = self._elsewhere or self._simulators()
        settings = wiring.settings(connection, self.bucket) | self._installation() | self._settings
        parameters, others = wiring.template_parameters(settings)
        self.stack = Stack(
            self.folder / "aws",
            port=self._ports.aws,
            parameters=parameters,
            settings=others,
            sweep_every=self._sweep_every,
            credentials=connection.keys(),
            webhook_secret=WEBHOOK_SECRET,
            intake_port=self._ports.intake,
            status_port=self._ports.status,
        )
        outputs = self.stack.start()
        if self.cloud is not None:
            wiring.connect_intake(self.cloud, self.bucket, outputs.intake_url, self._log)
        self.addresses = self._addresses(connection)
        addresses.write(self.folder, self.addresses)
        if restarted:
            threading.Thread(target=self._catch_up, name="catch-up", daemon=True).start()

    def _simulators(self) -> CloudConnection:
        ports = CloudPorts(self._ports.obs, self._ports.ims, self._ports.smn)
        cloud = wiring.create_cloud(self.folder, ports, self._time_scale, self._switches)
        self.cloud = cloud.start()
        return wiring.simulator_connection(cloud, self.bucket)

    def _catch_up(self) -> None:
        """Sweeps for the drops of an earlier run: at once, and again when the stalled ones count as stalled."""
        for pause in (0.0, float(wiring.SHORT_INTERVALS["stall_after"]) + 1):
            if self._stopped.wait(pause):
                return
            with contextlib.suppress(FunctionFailed, BotoCoreError, ClientError):  # the scheduled sweep tries again
                self.sweep()

    def _addresses(self, connection: CloudConnection) -> dict[str, Any]:
        aws = asdict(self.stack.outputs)
        mails = f"{self.stack.outputs.endpoint}/_ministack/ses/messages"
        cloud_addresses = connection.public(self.bucket)
        if self.cloud is not None:
            cloud_addresses["obs"]["folder"] = str(self.folder / "obs" / self.bucket)
        return {
            "pid": os.getpid(),
            "folder": str(self.folder),
            "logs": str(self._log),
            "aws": {**aws, "mails": mails},
            "webhook": {"header": "x-imagedrop-secret", "secret": WEBHOOK_SECRET},
            **cloud_addresses,
        }
