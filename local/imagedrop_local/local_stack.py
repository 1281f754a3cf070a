"""Everything on one machine: the simulators (or another cloud) and the embedded stack, connected.

bucket --event rule or EventGrid--> SMN topic --push--> URL of the intake, or EventGrid --> URL of the intake. The
functions' settings have the addresses of OBS, IMS and SMN.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from imagedrop_local import machine, simulated_cloud
from imagedrop_local.cloud import Cloud, FolderInUse
from imagedrop_local.cloud import Ports as CloudPorts
from imagedrop_local.cloud_connection import CloudConnection
from imagedrop_local.machine import CannotStart, Machine
from imagedrop_local.obs.model import StoreError
from imagedrop_local.simulated_cloud import BUCKET, SECRET_HEADER, Events
from imagedrop_local.stack import secrets
from imagedrop_local.stack.errors import error_text
from imagedrop_local.stack.outputs import Outputs
from imagedrop_local.switches import Switches

WEBHOOK_SECRET = "only-for-local-use"  # noqa: S105 - for a stack on 127.0.0.1; also in events/intake-secret-header.json


@dataclass(frozen=True)
class Ports(machine.Ports):
    obs: int = 0
    ims: int = 0
    smn: int = 0


class LocalStack(Machine):
    """A Machine with simulators, in whose `<folder>/obs/<bucket>/` the bucket is. `time_scale`: simulated seconds per
    second. `elsewhere`: a cloud to use instead of simulators. `events`: how the simulators report new objects.
    `by_hand`: no event, queue or schedule calls a function."""

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
        events: Events = "notification",
        by_hand: bool = False,
    ) -> None:
        folder, ports = Path(folder).resolve(), ports or Ports()
        # Two machines on one bucket of the real cloud are two installations.
        more = {"installation": f"{socket.gethostname()}:{folder}"} if elsewhere else {}
        if elsewhere is None and events not in simulated_cloud.BY_SMN:
            more["smn_topic_urn"] = ""  # as in an installation that takes nothing from SMN
        super().__init__(
            folder,
            elsewhere,
            bucket,
            ports=ports,
            settings=simulated_cloud.SETTINGS | more | dict(settings or {}),
            secrets={secrets.WEBHOOK: WEBHOOK_SECRET},
            sweep_every=sweep_every,
            log=folder / "aws/ministack.log",
            by_hand=by_hand,
        )
        self._cloud_ports = CloudPorts(ports.obs, ports.ims, ports.smn)
        self._time_scale, self._switches, self._events = time_scale, switches, "none" if by_hand else events
        self.cloud: Cloud | None = None  # None if `elsewhere` is used

    def start(self) -> Self:
        try:
            return super().start()
        except (StoreError, FolderInUse, simulated_cloud.SubscriptionNotConfirmed) as error:
            raise CannotStart(error_text(error)) from error

    def stop(self) -> None:
        super().stop()
        if self.cloud is not None:
            self.cloud.stop()
            self.cloud = None

    def _connect(self) -> CloudConnection:
        if self._connection is not None:
            return self._connection
        cloud = simulated_cloud.create_cloud(self.folder, self._cloud_ports, self._time_scale, self._switches)
        self.cloud = cloud.start()
        return simulated_cloud.connection_to(cloud, self.bucket)

    def _connect_events(self, outputs: Outputs) -> None:
        if self.cloud is not None:
            assert self._log is not None
            simulated_cloud.connect_intake(
                self.cloud, self.bucket, self._events, outputs.intake_url, WEBHOOK_SECRET, self._log
            )

    def _addresses(self, connection: CloudConnection) -> dict[str, Any]:
        addresses = super()._addresses(connection)
        addresses["aws"]["mails"] = f"{self.stack.outputs.endpoint}/_ministack/ses/messages"
        addresses["webhook"] = {"header": SECRET_HEADER, "secret": WEBHOOK_SECRET}
        if self.cloud is not None:
            addresses["obs"]["folder"] = str(self.folder / "obs" / self.bucket)
        return addresses
