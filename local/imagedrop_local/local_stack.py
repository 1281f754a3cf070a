"""Everything on one machine: the simulators (or a cloud elsewhere) and the embedded stack, wired together.

bucket --event rule--> SMN topic --push--> intake's URL; the template's parameters say where OBS, IMS and SMN are.
"""

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

from imagedrop_local import addresses, sockets, wiring
from imagedrop_local.cloud import Cloud, FolderInUse
from imagedrop_local.cloud import Ports as CloudPorts
from imagedrop_local.obs.model import StoreError
from imagedrop_local.stack.errors import StackError
from imagedrop_local.stack.stack import Stack
from imagedrop_local.stack.urls import FunctionFailed
from imagedrop_local.switches import Switches
from imagedrop_local.wiring import BUCKET, CloudConnection

WEBHOOK_SECRET = "only-for-local-use"  # noqa: S105 - of a stack on 127.0.0.1, and in events/intake-secret-header.json


class CannotStart(Exception):
    """The message says why, and how to mend it."""


@dataclass(frozen=True)
class Ports:
    """On 127.0.0.1; 0 is any free one."""

    aws: int = 0
    obs: int = 0
    ims: int = 0
    smn: int = 0
    intake: int = 0
    status: int = 0


class LocalStack:
    """`with Local(folder) as local: ...`, or `start` and `stop`. `addresses` says where everything is.

    `folder` keeps everything from one start to the next; `<folder>/obs/<bucket>/` is the bucket. `time_scale`: seconds
    of the simulated cloud in one of the clock. `elsewhere`: a cloud that is used instead of simulators of its own.
    `parameters` are the template's, over those that are set here.
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
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.bucket = Path(folder).resolve(), bucket
        self._ports, self._elsewhere, self._parameters = ports or Ports(), elsewhere, dict(parameters or {})
        self._time_scale, self._switches = time_scale, switches
        self.cloud: Cloud | None = None  # None where it is elsewhere
        self.stack: Stack
        self.addresses: dict[str, Any] = {}
        self._stopped = threading.Event()

    def start(self) -> Self:
        """Returns when a drop would go the whole way. Raises CannotStart, and then nothing is left running."""
        self._refuse_taken()
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
        """Ends everything; what was underway goes on at the next start."""
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
        """Of AWS."""
        return urlsplit(self.stack.outputs.endpoint).port or 0

    def sweep(self) -> Any:
        """One round of the sweep, now. Raises FunctionFailed."""
        return self.stack.invoke("sweep", {})

    # --- steps ---------------------------------------------------------------------------------------------------

    def _refuse_taken(self) -> None:
        for name, port in asdict(self._ports).items():
            if port and not sockets.is_free(port):
                raise CannotStart(
                    f"127.0.0.1:{port} is in use: end what listens there, or choose another port for {name} "
                    "(0: any free one)"
                )

    def _start(self) -> None:
        known = (self.folder / "aws").exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        there = self._elsewhere or self._simulators()
        self.stack = Stack(
            self.folder / "aws",
            port=self._ports.aws,
            parameters=wiring.template_parameters(there, self.bucket) | self._parameters,
            credentials=there.keys(),
            webhook_secret=WEBHOOK_SECRET,
            intake_port=self._ports.intake,
            status_port=self._ports.status,
        )
        outputs = self.stack.start()
        if self.cloud is not None:
            wiring.wait_for_confirmation(
                self.cloud, wiring.subscribe_intake(self.cloud, self.bucket, outputs.intake_url)
            )
        self.addresses = self._addresses(there)
        addresses.write(self.folder, self.addresses)
        if known:
            threading.Thread(target=self._catch_up, name="catch-up", daemon=True).start()

    def _simulators(self) -> CloudConnection:
        ports = CloudPorts(self._ports.obs, self._ports.ims, self._ports.smn)
        cloud = wiring.create_cloud(self.folder, ports, self._time_scale, self._switches)
        self.cloud = cloud.start()
        return wiring.simulator_connection(cloud, self.bucket)

    def _catch_up(self) -> None:
        """What an earlier run left is not to wait for the schedule: now, and when what stands still counts as such."""
        for pause in (0.0, float(wiring.SHORT_INTERVALS["StallAfter"]) + 1):
            if self._stopped.wait(pause):
                return
            with contextlib.suppress(FunctionFailed, BotoCoreError, ClientError):  # the schedule tries again
                self.sweep()

    def _addresses(self, there: CloudConnection) -> dict[str, Any]:
        aws = asdict(self.stack.outputs)
        mails = f"{self.stack.outputs.endpoint}/_ministack/ses/messages"
        told = there.public(self.bucket)
        if self.cloud is not None:
            told["obs"]["folder"] = str(self.folder / "obs" / self.bucket)
        return {
            "pid": os.getpid(),
            "folder": str(self.folder),
            "logs": str(self.folder / "aws" / "ministack.log"),
            "aws": {**aws, "mails": mails},
            "webhook": {"header": "x-imagedrop-secret", "secret": WEBHOOK_SECRET},
            **told,
        }
