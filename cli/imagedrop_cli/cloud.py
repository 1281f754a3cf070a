"""`imagedrop cloud`."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from imagedrop_cli import connections, options
from imagedrop_cli.output import CommandError, print_json, print_line, print_note
from imagedrop_cli.run_until_stopped import ignoring_interrupts, wait_while
from imagedrop_local import simulated_cloud, sockets
from imagedrop_local.cloud import Cloud, FolderInUse, Ports
from imagedrop_local.obs.model import StoreError
from imagedrop_local.stack.errors import error_text


def cloud(
    folder: options.StackFolder = connections.DEFAULT_FOLDER,
    obs_port: options.ObsPort = 4580,
    ims_port: options.ImsPort = 4581,
    smn_port: options.SmnPort = 4582,
    bucket: options.Bucket = simulated_cloud.BUCKET,
    address: Annotated[
        str,
        typer.Option(
            metavar="IP",
            callback=options.check_address,
            help="Listen on this address too, for example on Docker's bridge, and print it.",
        ),
    ] = sockets.LOOPBACK,
    push_to: Annotated[str, options.url_option("Push the bucket's events to this URL.")] = "",
    time_scale: options.TimeScale = 60,
    switch: options.Switch = [],  # noqa: B006 - typer wants a list
    json: options.AddressesAsJson = False,
) -> None:
    """Run only the simulated Huawei Cloud: OBS on a folder, IMS, and SMN with signed pushes. Stop it with Ctrl-C.

    Works with Huawei Cloud's SDKs and boto3. /_sim/state shows its data; POST to /_sim/faults to make calls fail.

    It listens on 127.0.0.1, which a container cannot reach. With --address everybody who reaches that address can use
    the simulators: their keys are public.

    \b
    Examples:
      imagedrop cloud
      imagedrop cloud --push-to http://127.0.0.1:4583/    and in another terminal:
      imagedrop up --obs-endpoint http://127.0.0.1:4580 --ims-endpoint http://127.0.0.1:4581 \\
                   --smn-endpoint http://127.0.0.1:4582
      imagedrop cloud --address 172.17.0.1                for functions in containers
    """
    ports = Ports(obs_port, ims_port, smn_port)
    for port in (obs_port, ims_port, smn_port):
        if port and not sockets.is_free(port):
            raise CommandError(f"127.0.0.1:{port} is in use: stop the other program, or choose another port")
    try:
        running = simulated_cloud.create_cloud(
            folder.resolve(), ports, time_scale, options.parse_switches(switch), address
        )
    except (FolderInUse, OSError) as error:
        raise CommandError(error_text(error)) from None
    try:
        _run(running, bucket, push_to, json=json)
    except (StoreError, OSError) as error:
        raise CommandError(error_text(error)) from None
    except KeyboardInterrupt:
        pass  # the normal way to stop
    finally:
        with ignoring_interrupts():
            running.stop()
    print_note("stopped; the next start with this folder continues here")


def _run(running: Cloud, bucket: str, push_to: str, *, json: bool) -> None:
    running.start()
    connection = simulated_cloud.connection_to(running, bucket)
    if push_to:
        simulated_cloud.connect(running, bucket, "notification", push_to, secret="")
    _print({"pid": os.getpid(), "folder": str(running.folder), **connection.public(bucket)}, json=json)
    wait_while()


def _print(addresses: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(addresses, indent=None)
        return
    obs = addresses["obs"]
    print_line("The simulated Huawei Cloud is running", style="bold green")
    print_line(f"  OBS     {obs['endpoint']}  bucket {obs['bucket']} = {addresses['folder']}/obs/{obs['bucket']}")
    print_line(f"  IMS     {addresses['ims']['endpoint']}\n  SMN     {addresses['smn']['endpoint']}")
    print_line(f"  keys    {obs['access_key']} {obs['secret_key']}  project {addresses['ims']['project_id']}")
    print_line(f"  state   {addresses['simulators']['state']}\n  faults  {addresses['simulators']['faults']}")
    print_line("\nPress Ctrl-C to stop.", style="dim")
