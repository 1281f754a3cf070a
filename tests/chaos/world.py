"""The processes of a run: starts them, kills them, sets faults and observes the results."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from imagedrop.domain import object_keys
from imagedrop_local import sockets
from tests.chaos.bucket import Bucket, Watcher
from tests.chaos.clouds import Aws, Simulators, images
from tests.chaos.observation import Interruption, Observation
from tests.chaos.plan import WIPES, Kill, Plan
from tests.chaos.processes import TIMEOUT, Process, Stack
from tests.chaos.relay import Relay
from tests.support.waiting import until

TIME_SCALE = 60  # seconds of the clouds in one real second: an import takes two or three


class World:
    """`with World(folder, plan) as world`: all processes run inside the block."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan, self.observed = folder, plan, Observation()
        folder.mkdir(parents=True, exist_ok=True)
        aws, intake, status, obs, ims, smn = _free_ports(6)
        self.relay = Relay(aws, self.observed)
        self._relay = self.relay.serve()
        options = [word for name, value in plan.switches.items() for word in ("--switch", f"{name}={value}")]
        self._cloud = Process(
            folder / "cloud.log",
            *("cloud", "--folder", str(folder / "cloud"), "--push-to", f"http://127.0.0.1:{intake}/"),
            *("--obs-port", str(obs), "--ims-port", str(ims), "--smn-port", str(smn)),
            *("--time-scale", str(TIME_SCALE), *options),
        )
        settings = plan.settings | {"aws_endpoint": self._relay.url}
        options = [word for name, value in settings.items() for word in ("--setting", f"{name}={value}")]
        self.stack = Stack(
            folder / "stack",
            folder / "stack.log",
            *("--port", str(aws), "--intake-port", str(intake), "--status-port", str(status)),
            *(word for name, port in (("obs", obs), ("ims", ims), ("smn", smn)) for word in _endpoint(name, port)),
            *options,
        )
        self.simulators, self._aws = Simulators(f"http://127.0.0.1:{obs}"), Aws(aws)
        self._watcher = Watcher(folder / "cloud", self.observed)
        self._alive = threading.Lock()  # held while a process is down
        self._faults_stopped, self._closed = not plan.faults, False
        self.cpu = 0.0  # CPU seconds of stacks that were killed

    def __enter__(self) -> World:
        try:
            self.stack.start()  # first, because SMN asks for confirmation only seven times
            self._cloud.start()
            until(self.simulators.is_subscribed, TIMEOUT)
            self.bucket = Bucket(self._cloud.addresses, self.observed)
            self._watcher.start()
            self._add_faults()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def _close(self) -> None:
        with self._alive:  # so that a stack that is starting is stopped too
            self._closed = True
            self.stack.close()
            self._cloud.kill()
        self._watcher.stop()
        self._relay.stop()

    # --- actions

    def put(self, key: str, body: bytes, content: str) -> None:
        self.bucket.put(key, body, content)

    def kill(self, how: Kill) -> None:
        """Returns when all processes run again."""
        with self._alive:
            if self._closed:
                return
            if how == "cloud":
                self.observed.interruptions.append(Interruption(time.time(), how, wiped=False))
                self._cloud.kill()
                self._cloud.start()
                self._add_faults()
                return
            self.cpu += self.stack.cpu()
            self.observed.interruptions.append(Interruption(time.time(), how, wiped=how in WIPES))
            self.stack.interrupt(how)
            self.stack.start()

    def sweep(self) -> None:
        """Instead of the AWS schedule, whose shortest rate is a minute."""
        with self._alive:
            self._aws.sweep(self.stack.addresses["aws"])

    def stop_faults(self) -> None:
        self._faults_stopped = True
        self.simulators.remove_faults()

    def _add_faults(self) -> None:
        if not self._faults_stopped:
            self.simulators.add_faults(self.plan.faults)

    # --- observations

    def progress(self) -> tuple[int, ...]:
        """Changes as long as the stack does anything."""
        return len(self.observed.writes), len(self.observed.notices), len(self.observed.end_markers)

    def open_drops(self) -> int:
        """Drops with a sidecar and without a result file."""
        sidecars = (upload.key for upload in self.observed.uploads if upload.key.endswith(object_keys.SIDECAR_SUFFIX))
        keys = {key.removesuffix(object_keys.SIDECAR_SUFFIX) for key in sidecars}
        return len(keys - self.observed.results.keys())

    def has_imported_since_kill(self) -> bool:
        """Whether an import began after the last kill. A kill while nothing runs would test nothing."""
        since = self.observed.interruptions[-1].at if self.observed.interruptions else 0.0
        return any(write.at > since and write.row.stage == "importing" for write in self.observed.writes[-500:])

    def observe(self) -> Observation:
        """With images, objects and messages as they are now."""
        observed, state = self.observed, self.simulators.state()
        observed.images = images(state)
        observed.objects = self.bucket.list_all()
        self._watcher.scan()
        aws = self.stack.addresses["aws"]
        observed.queued = self._aws.count_messages(aws["queues"], observed.ends())
        observed.dead_letters = self._aws.count_messages(aws["dead_letters"])
        return observed


def _endpoint(name: str, port: int) -> tuple[str, str]:
    return f"--{name}-endpoint", f"http://127.0.0.1:{port}"


def _free_ports(count: int) -> list[int]:
    """Different free ports. They stay the run's while a process is down: they are below the range that Linux gives to
    outgoing connections and to servers without a fixed port (ip_local_port_range), so no other test takes them."""
    ports = random.sample(range(20_000, 32_000), 20 * count)
    free = [port for port in ports if sockets.is_free(port)]
    return free[:count]
