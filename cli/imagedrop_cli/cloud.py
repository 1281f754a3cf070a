"""`imagedrop cloud`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from imagedrop_cli import places
from imagedrop_cli.output import BAD, Stop, note, print_json, say
from imagedrop_cli.running import cleaning_up, sit, until_ended
from imagedrop_local import sockets, wiring
from imagedrop_local.cloud import Cloud, FolderInUse, Ports


def cloud(
    folder: Annotated[
        Path, typer.Option(envvar=places.FOLDER, metavar="DIR", help="Keeps everything from one start to the next.")
    ] = places.DEFAULT_FOLDER,
    obs_port: Annotated[int, typer.Option(help="Of OBS. Ports: 0 is any free one.")] = 4580,
    ims_port: Annotated[int, typer.Option(help="Of IMS.")] = 4581,
    smn_port: Annotated[int, typer.Option(help="Of SMN.")] = 4582,
    bucket: Annotated[str, typer.Option(help="A bucket that is there from the start.")] = wiring.BUCKET,
    push_to: Annotated[str, typer.Option(metavar="URL", help="Where the bucket's events are pushed to.")] = "",
    time_scale: Annotated[float, typer.Option(min=0.001, help="Seconds of the cloud in one of ours.")] = 60,
    json: Annotated[bool, typer.Option("--json", help="One line with all addresses and keys, when it is up.")] = False,
) -> None:
    """Run only the Huawei side: OBS over a folder, IMS with jobs in scaled time, SMN with signed pushes.

    The official SDKs and boto3 work with it. Faults are set at /_sim/faults, and /_sim/state shows what it holds.

    \b
    Examples:
      imagedrop cloud
      imagedrop cloud --push-to http://127.0.0.1:4583/    with, in another terminal:
      imagedrop up --obs-endpoint http://127.0.0.1:4580 --ims-endpoint http://127.0.0.1:4581 \\
                   --smn-endpoint http://127.0.0.1:4582
    """
    ports = Ports(obs_port, ims_port, smn_port)
    for port in (obs_port, ims_port, smn_port):
        if port and not sockets.is_free(port):
            raise Stop(f"127.0.0.1:{port} is in use: end what listens there, or choose another port", BAD)
    with until_ended():
        try:
            running = wiring.cloud(folder.resolve(), ports, time_scale)
        except (FolderInUse, OSError) as error:
            raise Stop(str(error), BAD) from None
        try:
            _run(running, bucket, push_to, json=json)
        except KeyboardInterrupt:
            pass  # the ordinary end
        finally:
            with cleaning_up():
                running.stop()
    note("stopped; another start on the folder goes on from here")


def _run(running: Cloud, bucket: str, push_to: str, *, json: bool) -> None:
    running.start()
    there = wiring.simulated(running, bucket)
    if push_to:
        wiring.push(running, bucket, push_to)
    _tell({"pid": os.getpid(), "folder": str(running.folder), **there.public(bucket)}, json=json)
    sit()


def _tell(addresses: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(addresses, indent=None)
        return
    obs = addresses["obs"]
    say("the Huawei side is up", style="bold green")
    say(f"  OBS     {obs['endpoint']}  bucket {obs['bucket']} = {addresses['folder']}/obs/{obs['bucket']}")
    say(f"  IMS     {addresses['ims']['endpoint']}\n  SMN     {addresses['smn']['endpoint']}")
    say(f"  keys    {obs['access_key']} {obs['secret_key']}  project {addresses['ims']['project_id']}")
    say(f"  state   {addresses['simulators']['state']}\n  faults  {addresses['simulators']['faults']}")
    say("\nCtrl-C ends it.", style="dim")
