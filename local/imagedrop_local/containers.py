"""Makes servers of 127.0.0.1 reachable from containers: a container has its own 127.0.0.1."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import shutil
import socket
import subprocess
import threading
from types import TracebackType
from typing import Self

from imagedrop_local.sockets import LOOPBACK

DOCKER_ANSWERS_WITHIN = 3.0  # s


def bridge() -> str:
    """The host's address on Docker's bridge. Raises OSError if it has none: there is no Docker, it does not answer, or
    it runs in a virtual machine."""
    docker = shutil.which("docker")
    if docker is None:
        raise FileNotFoundError("there is no docker on PATH")
    try:
        inspected = subprocess.run(  # noqa: S603 - fixed arguments
            [docker, "network", "inspect", "bridge"],
            capture_output=True,
            text=True,
            check=False,
            timeout=DOCKER_ANSWERS_WITHIN,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"docker does not answer within {DOCKER_ANSWERS_WITHIN:.0f} s") from None
    if inspected.returncode:
        raise OSError(f"docker network inspect bridge: {inspected.stderr.strip()}")
    try:
        pool = json.loads(inspected.stdout)[0]["IPAM"]["Config"][0]
        address: str = pool.get("Gateway") or str(ipaddress.ip_network(pool["Subnet"])[1])
    except (LookupError, ValueError):
        raise OSError(f"docker network inspect bridge: no address in {inspected.stdout[:500]}") from None
    with socket.socket() as probe:
        probe.bind((address, 0))
    return address


class Relay:
    """Listens at `address` and forwards every connection to 127.0.0.1."""

    def __init__(self, address: str, target: int = 0, port: int = 0, name: str = "the relay") -> None:
        """`target` 0: the same port as the relay's own. `port` 0: any free one. Raises OSError, which has `name`, if
        the port is in use or the address is not this machine's."""
        try:
            self._listening = socket.create_server((address, port))
        except OSError as error:
            raise OSError(
                error.errno, f"{name} cannot listen on {address}:{port}: {os.strerror(error.errno or 0)}"
            ) from None
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http://{address}:{self.port}"
        self._target = target or self.port

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                threading.Thread(target=self._connect, args=(self._listening.accept()[0],), daemon=True).start()

    def _connect(self, caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self._target)) as server:
            backward = threading.Thread(target=_forward, args=(server, caller), daemon=True)
            backward.start()
            _forward(caller, server)
            backward.join()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
