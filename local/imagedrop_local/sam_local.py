"""For `sam local`: the settings of the functions, with addresses that their containers reach.

`sam local invoke --env-vars FILE` passes them. On Linux, containers reach this machine at its address on Docker's
bridge, where a relay for each port listens. With Docker Desktop, this machine has no such address: containers reach its
127.0.0.1 by the name host.docker.internal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from imagedrop_local.containers import Relay, bridge

FILE = "sam-env.json"
DOCKER_DESKTOP = "host.docker.internal"

Reach = Callable[[int], str]  # a port on 127.0.0.1 -> the host and port at which containers reach it


def open_relays(relays: ExitStack) -> Reach:
    """Relays are opened when they are needed, and closed with `relays`."""
    try:
        address = bridge()
    except OSError:
        return lambda port: f"{DOCKER_DESKTOP}:{port}"

    def reach(port: int) -> str:
        return f"{address}:{relays.enter_context(Relay(address, port)).port}"

    return reach


def write(folder: Path, variables: Mapping[str, str], reach: Reach) -> Path:
    """`variables`: of a function; all functions have the same. Returns the file's path."""
    path = folder / FILE
    path.write_text(json.dumps({"Parameters": for_containers(variables, reach)}, indent=1) + "\n", "utf-8")
    return path


def for_containers(variables: Mapping[str, str], reach: Reach) -> dict[str, str]:
    """The variables, with each port on 127.0.0.1 replaced by the address at which containers reach it."""
    known: dict[str, str] = {}

    def replaced(found: re.Match[str]) -> str:
        port = found[1]
        if port not in known:
            known[port] = reach(int(port))
        return f"//{known[port]}"

    return {name: re.sub(r"//127\.0\.0\.1:(\d+)", replaced, value) for name, value in variables.items()}
