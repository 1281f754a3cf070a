"""`imagedrop serve`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.settings import Settings
from imagedrop_cli import doctor, server_settings
from imagedrop_cli.checkup.checks import check
from imagedrop_cli.output import CommandError, print_note, print_parts
from imagedrop_cli.run_until_stopped import ignoring_interrupts, wait_while
from imagedrop_local import server_file, sockets, systemd_unit
from imagedrop_local.cloud_connection import CloudConnection
from imagedrop_local.machine import CannotStart, Machine, Ports
from imagedrop_local.server_file import ServerFile, ServerTable


def serve(
    config: Annotated[
        Path, typer.Option("--config", metavar="FILE", dir_okay=False, help="File with the settings.")
    ] = Path("imagedrop.toml"),
    example: Annotated[bool, typer.Option("--example", help="Print a file with every setting, and exit.")] = False,
    systemd: Annotated[bool, typer.Option("--systemd", help="Print a unit for systemd, and exit.")] = False,
) -> None:
    """Run imagedrop on this machine with the real OBS and IMS, without an AWS account, until Ctrl-C or SIGTERM.

    It finds drops by listing the bucket every minute. Keys come from HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; the
    login of the mail server from SMTP_USER and SMTP_PASSWORD. Logs go to stderr. docs/deploy.md shows each step.

    \b
    Examples:
      imagedrop serve --example > imagedrop.toml
      imagedrop serve --config /etc/imagedrop/imagedrop.toml
      imagedrop status --folder /var/lib/imagedrop
    """
    if example or systemd:
        sys.stdout.write(server_file.example() if example else systemd_unit.unit(_own_path(), config.absolute()))
        return
    found = server_settings.read(config)
    site = server_settings.site(found, os.environ)
    machine = _machine(found, site.keys, os.environ)
    for name, value in _summary(site.settings, found.server):
        print_note(f"  {name:<13} {value}")
    for result in check(site):
        if result.outcome != "ok":
            print_parts(doctor.lines(result), stderr=True)
    _run(machine)


def _run(machine: Machine) -> None:
    try:
        machine.start()
    except CannotStart as error:
        raise CommandError(str(error)) from None
    try:
        print_note(f"imagedrop is running. Its drops: imagedrop status --folder {machine.folder}")
        wait_while(lambda: not sockets.is_free(machine.port))
        raise CommandError("the embedded AWS has stopped unexpectedly; its log is above")
    except KeyboardInterrupt:
        pass  # the normal way to stop
    finally:
        with ignoring_interrupts():
            machine.stop()
    print_note("stopped; the next start with this folder continues here")


def _machine(found: ServerFile, keys: HuaweiKeys, environment: Mapping[str, str]) -> Machine:
    settings, server = found.settings, found.server
    connection = CloudConnection(
        obs_endpoint=settings.obs_url(),
        ims_endpoint=settings.ims_url(),
        access_key=keys.ak,
        secret_key=keys.sk,
        token=keys.token or "",
        region=settings.region,
        project_id=settings.project_id,
        topic_urn=settings.smn_topic_urn,
        addressing=settings.obs_addressing,
    )
    return Machine(
        server.folder,
        connection,
        settings.drop_bucket,
        ports=Ports(server.port, server.intake_port, server.status_port),
        settings={**found.given, "installation": server_settings.installation(found)},
        secrets=server_settings.stack_secrets(environment),
        sweep_every=server.sweep_every,
        log=None,
    )


def _summary(settings: Settings, server: ServerTable) -> Iterator[tuple[str, str]]:
    """What it works with, before it starts."""
    yield "bucket", f"{settings.drop_bucket}, keys that begin with {settings.drop_prefix or 'anything'}"
    yield "OBS", settings.obs_url()
    yield "IMS", f"{settings.ims_url()}, project {settings.project_id}"
    mail = f"{settings.smtp_host}:{settings.smtp_port}, {settings.smtp_security}, from {settings.mail_from}"
    yield "mail", mail if settings.mail_from else "none is sent: mail_from is not set"
    minutes = "minute" if server.sweep_every == 1 else f"{server.sweep_every} minutes"
    header = f"requests with the header {settings.webhook_header}" if settings.webhook_secret else ""
    ways = ", ".join(way for way in (settings.smn_topic_urn, header) if way)
    yield "events", f"{ways or 'none'}; the bucket is listed every {minutes}"
    yield "state", str(server.folder)


def _own_path() -> str:
    """The command that runs now, for the unit."""
    return shutil.which(sys.argv[0]) or str(Path(sys.argv[0]).absolute())
