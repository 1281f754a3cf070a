"""A run's processes and what stands around them: started, hindered, killed, looked at."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

from imagedrop.domain import object_keys
from tests.chaos.bucket import Bucket, Watcher
from tests.chaos.clouds import Aws, Simulators, images
from tests.chaos.observation import Interruption, Seen
from tests.chaos.plan import WIPING, Kill, Plan
from tests.chaos.processes import PATIENCE, Process, Stack
from tests.chaos.relay import Relay
from tests.support.waiting import until

TIME_SCALE = 60  # s of the cloud in one of ours: an import takes two or three


class World:
    """`with World(folder, plan) as world`: everything is up inside, and gone afterwards."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan, self.seen = folder, plan, Seen()
        folder.mkdir(parents=True, exist_ok=True)
        aws, intake, status, obs, ims, smn = _free_ports(6)
        self.relay = Relay(aws, self.seen)
        self._relay = self.relay.serve()
        options = [word for name, value in plan.switches.items() for word in ("--switch", f"{name}={value}")]
        self._cloud = Process(
            folder / "cloud.log",
            *("cloud", "--folder", str(folder / "cloud"), "--push-to", f"http://127.0.0.1:{intake}/"),
            *("--obs-port", str(obs), "--ims-port", str(ims), "--smn-port", str(smn)),
            *("--time-scale", str(TIME_SCALE), *options),
        )
        parameters = plan.parameters | {"AwsEndpoint": self._relay.url}
        options = [word for name, value in parameters.items() for word in ("--parameter", f"{name}={value}")]
        self.stack = Stack(
            folder / "stack",
            folder / "stack.log",
            *("--port", str(aws), "--intake-port", str(intake), "--status-port", str(status)),
            *(word for name, port in (("obs", obs), ("ims", ims), ("smn", smn)) for word in _endpoint(name, port)),
            *options,
        )
        self.simulators, self._aws = Simulators(f"http://127.0.0.1:{obs}"), Aws(aws)
        self._watcher = Watcher(folder / "cloud", self.seen)
        self._alive = threading.Lock()  # held while something is dead
        self._calm, self._closed = not plan.faults, False
        self.cpu = 0.0  # s, of stacks that were killed

    def __enter__(self) -> World:
        try:
            self.stack.start()  # first: SMN asks for a confirmation seven times, and gives up
            self._cloud.start()
            until(self.simulators.confirmed, PATIENCE)
            self.bucket = Bucket(self._cloud.addresses, self.seen)
            self._watcher.start()
            self._hinder()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def _close(self) -> None:
        with self._alive:  # a stack that is just being started is stopped too
            self._closed = True
            self.stack.close()
            self._cloud.kill()
        self._watcher.stop()
        self._relay.stop()

    # --- what happens

    def put(self, key: str, body: bytes, what: str) -> None:
        self.bucket.put(key, body, what)

    def kill(self, how: Kill) -> None:
        """Returns when all is up again."""
        with self._alive:
            if self._closed:
                return
            if how == "cloud":
                self.seen.interruptions.append(Interruption(time.time(), how, wiped=False))
                self._cloud.kill()
                self._cloud.start()
                self._hinder()
                return
            self.cpu += self.stack.cpu()
            self.seen.interruptions.append(Interruption(time.time(), how, wiped=how in WIPING))
            self.stack.die(how)
            self.stack.start()

    def sweep(self) -> None:
        """As the schedule does it, which cannot say seconds."""
        with self._alive:
            self._aws.sweep(self.stack.addresses["aws"])

    def calm(self) -> None:
        """From here on nothing goes wrong any more."""
        self._calm = True
        self.simulators.calm()

    def _hinder(self) -> None:
        if not self._calm:
            self.simulators.hinder(self.plan.faults)

    # --- what can be seen

    def progress(self) -> tuple[int, ...]:
        """Changes as long as anything moves."""
        return len(self.seen.written), len(self.seen.tellings), len(self.seen.seals)

    def under_way(self) -> int:
        """Drops whose sidecars were put, and that have not ended so far."""
        put = {
            one.key.removesuffix(object_keys.SIDECAR_SUFFIX)
            for one in self.seen.puts
            if one.key.endswith(object_keys.SIDECAR_SUFFIX)
        }
        return len(put - self.seen.results.keys())

    def at_work(self) -> bool:
        """Since the last death a drop has come into IMS's hands: a kill that hits nothing shows nothing."""
        since = self.seen.interruptions[-1].at if self.seen.interruptions else 0.0
        return any(one.at > since and one.row.stage == "importing" for one in self.seen.written[-500:])

    def look(self) -> Seen:
        """Everything as it is now."""
        seen, state = self.seen, self.simulators.state()
        seen.images = images(state)
        seen.objects = self.bucket.listed()
        self._watcher.look()
        aws = self.stack.addresses["aws"]
        seen.queued = self._aws.left(aws["queues"], seen.ends())
        seen.dead = self._aws.left(aws["dead_letters"])
        return seen


def _endpoint(name: str, port: int) -> tuple[str, str]:
    return f"--{name}-endpoint", f"http://127.0.0.1:{port}"


def _free_ports(count: int) -> list[int]:
    """All held at once, so that no two are the same."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
