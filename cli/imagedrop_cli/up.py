"""`imagedrop up`."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from imagedrop_cli import connections, options, up_text
from imagedrop_cli.output import CommandError, InputError, print_json, print_note
from imagedrop_cli.run_until_stopped import ignoring_interrupts, wait_while
from imagedrop_local import cloud_connection, sam_local, simulated_cloud, sockets
from imagedrop_local.cloud_connection import CloudConnection
from imagedrop_local.local_stack import LocalStack, Ports
from imagedrop_local.machine import CannotStart


def up(
    folder: options.StackFolder = connections.DEFAULT_FOLDER,
    port: Annotated[int, options.port_option("AWS")] = 4566,
    obs_port: options.ObsPort = 4580,
    ims_port: options.ImsPort = 4581,
    smn_port: options.SmnPort = 4582,
    intake_port: Annotated[int, options.port_option("intake's function URL")] = 4583,
    status_port: Annotated[int, options.port_option("status's function URL")] = 4584,
    bucket: options.Bucket = simulated_cloud.BUCKET,
    time_scale: options.TimeScale = 60,
    obs_endpoint: Annotated[str, options.url_option("Use this OBS instead of a simulated one.")] = "",
    ims_endpoint: Annotated[str, options.url_option("Use this IMS instead of a simulated one.")] = "",
    smn_endpoint: Annotated[str, options.url_option("SMN that pushes the events.")] = "",
    smn_topic: Annotated[str, typer.Option(metavar="URN", help="Topic of the events.")] = "",
    region: Annotated[str, typer.Option(help="Region of that OBS and IMS.")] = cloud_connection.REGION,
    project_id: Annotated[str, typer.Option(help="Project of that IMS.")] = cloud_connection.PROJECT_ID,
    accept_declarations: Annotated[
        bool, typer.Option("--accept-declarations", help="Accept IMS's declarations (docs/settings.md).")
    ] = False,
    events: Annotated[
        simulated_cloud.Events, typer.Option(help="How the simulated OBS reports new objects (docs/deploy.md).")
    ] = "notification",
    sweep_every: Annotated[int, typer.Option(min=1, metavar="MINUTES", help="Time between two sweeps.")] = 1,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Call no function: you do, with `imagedrop invoke` or `sam local invoke`.")
    ] = False,
    setting: options.Setting = [],  # noqa: B006 - typer wants a list
    switch: options.Switch = [],  # noqa: B006
    json: options.AddressesAsJson = False,
) -> None:
    """Run imagedrop on this machine: template.yaml in a local AWS, with a simulated Huawei Cloud. Stop it with Ctrl-C.

    To drop an image, copy it and its sidecar into the bucket's folder, or upload them to OBS.

    With --obs-endpoint and --ims-endpoint the functions use those services: the ones of `imagedrop cloud`, or the real
    Huawei Cloud, with the keys in HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK. If no events can reach this machine, the
    sweep finds new drops within two minutes.

    \b
    Examples:
      imagedrop up
      imagedrop up --folder /tmp/one --port 0 --obs-port 0 --ims-port 0 --smn-port 0 --intake-port 0 --status-port 0
      imagedrop up --obs-endpoint http://127.0.0.1:4580 --ims-endpoint http://127.0.0.1:4581
    """
    elsewhere = None
    if obs_endpoint or ims_endpoint:
        obs_port = ims_port = smn_port = 0
        elsewhere = _elsewhere(obs_endpoint, ims_endpoint, smn_endpoint, smn_topic, region, project_id)
    settings: dict[str, Any] = {}
    if elsewhere is not None and not elsewhere.simulated:
        settings = {"declarations_accepted": accept_declarations}
    ports = Ports(port, intake_port, status_port, obs_port, ims_port, smn_port)
    local = LocalStack(
        folder,
        ports=ports,
        elsewhere=elsewhere,
        bucket=bucket,
        time_scale=time_scale,
        switches=options.parse_switches(switch),
        sweep_every=sweep_every,
        events=events,
        by_hand=by_hand,
        settings=settings | options.parse_pairs(setting),
    )
    _run(local, json=json, by_hand=by_hand)


def _run(local: LocalStack, *, json: bool, by_hand: bool) -> None:
    try:
        local.start()
    except CannotStart as error:
        raise CommandError(str(error)) from None
    with ExitStack() as relays:
        try:
            addresses = local.addresses | {"sam_env": _sam_env(local, relays)}
            if json:
                print_json(addresses, indent=None)
            else:
                up_text.print_running(addresses, by_hand=by_hand)
            wait_while(lambda: not sockets.is_free(local.port))
            raise CommandError(f"the local AWS has stopped unexpectedly; log: {local.addresses['logs']}")
        except KeyboardInterrupt:
            pass  # the normal way to stop
        finally:
            with ignoring_interrupts():
                local.stop()
    print_note("stopped; the next start with this folder continues here")


def _sam_env(local: LocalStack, relays: ExitStack) -> str | None:
    """Writes the file for `sam local`. None: the stack may have the keys of a real cloud, and is not shown to every
    container of this machine."""
    if local.cloud is None:
        return None
    return str(sam_local.write(local.folder, local.stack.environment("validate"), sam_local.open_relays(relays)))


def _elsewhere(obs: str, ims: str, smn: str, topic: str, region: str, project_id: str) -> CloudConnection:
    """Simulators on this machine have fixed keys; those of a real cloud come from the environment."""
    if not (obs and ims):
        raise InputError("--obs-endpoint and --ims-endpoint must be used together")
    simulated = all(connections.is_ip_address(urlsplit(url).hostname or "") for url in (obs, ims))
    given = connections.read_keys(os.environ) if not simulated or os.environ.get("HUAWEICLOUD_SDK_AK") else None
    return CloudConnection(
        obs_endpoint=obs.rstrip("/"),
        ims_endpoint=ims.rstrip("/"),
        access_key=given.ak if given else simulated_cloud.ACCESS_KEY,
        secret_key=given.sk if given else simulated_cloud.SECRET_KEY,
        token=(given.token if given else None) or "",
        region=region,
        project_id=project_id,
        smn_endpoint=smn.rstrip("/"),
        topic_urn=(topic or f"urn:smn:{region}:{project_id}:{simulated_cloud.TOPIC}") if smn else topic,
        addressing="path" if simulated else "virtual",
        simulated=simulated and given is None,
    )
