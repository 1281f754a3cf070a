"""What `imagedrop up` prints when everything runs."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imagedrop_cli import connections
from imagedrop_cli.output import print_line


def print_running(addresses: Mapping[str, Any], *, by_hand: bool) -> None:
    print_line("imagedrop is running", style="bold green")
    for name, value in _lines(addresses):
        print_line(f"  {name:<9} {value}")
    print_line("\nTry in another terminal:", style="bold")
    option = (
        "" if Path(addresses["folder"]) == connections.DEFAULT_FOLDER.resolve() else f" --folder {addresses['folder']}"
    )
    wait = "" if by_hand else " --wait"
    print_line(f"  imagedrop drop samples/windows-server-2022.qcow2 --prefix golden{wait}{option}")
    print_line(f"  imagedrop status{option}")
    if addresses["sam_env"]:
        work = "" if by_hand else "start with --by-hand, so that it has work to do; "
        print_line(f"\nThen, to run a function in its Lambda container ({work}events/README.md):", style="bold")
        sam_env = shlex.quote(_short(addresses["sam_env"]))
        print_line(f"  sam build\n  sam local invoke ValidateFunction -e events/validate-sqs.json --env-vars {sam_env}")
    print_line("\nFor boto3, the AWS CLI and localstack-client:", style="bold")
    exports = connections.aws_environment(addresses["aws"])
    print_line("  export " + " ".join(f"{name}={value}" for name, value in exports.items() if name != "AWS_REGION"))
    print_line("\nPress Ctrl-C to stop.", style="dim")


def _short(path: str) -> str:
    """Relative to the current folder, if the path is in it."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path


def _lines(addresses: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    aws, obs = addresses["aws"], addresses["obs"]
    yield "AWS", aws["endpoint"]
    yield "intake", aws["intake_url"]
    yield "status", aws["status_url"]
    yield "OBS", f"{obs['endpoint']}  bucket {obs['bucket']}" + (f" = {obs['folder']}" if obs.get("folder") else "")
    yield "IMS", addresses["ims"]["endpoint"]
    if addresses["smn"]:
        yield "SMN", addresses["smn"]["endpoint"]
    if "simulators" in addresses:
        yield "keys", f"{obs['access_key']} {obs['secret_key']}  project {addresses['ims']['project_id']}"
        yield "state", addresses["simulators"]["state"]
        yield "faults", addresses["simulators"]["faults"]
    yield "mails", aws["mails"]
    yield "logs", addresses["logs"]
