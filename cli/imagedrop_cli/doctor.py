"""`imagedrop doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from imagedrop_cli import connections, options, server_settings
from imagedrop_cli.checkup.checks import Site, check, site_of
from imagedrop_cli.checkup.deployment import Deployment
from imagedrop_cli.checkup.results import CheckResult
from imagedrop_cli.output import FAILED, OK, InputError, print_json, print_parts

STYLES = {"ok": "green", "wrong": "bold red", "unknown": "yellow"}


def doctor(
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", dir_okay=False, help="Settings of `imagedrop serve`.")
    ] = None,
    stack: Annotated[str, typer.Option("--stack", metavar="NAME", help="Stack of template.yaml on AWS.")] = "",
    folder: options.Folder = None,
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> int:
    """Check an installation: settings, keys, bucket, IMS, mail, and what is on AWS. It changes nothing.

    Each check is ok, wrong or unknown, with what it saw and how to fix it. Exit code 1 if one is wrong. Without an
    option it checks what `imagedrop.toml` in this folder describes. With --stack, the usual variables and files of AWS
    say where the stack is, and its secret has the keys of Huawei Cloud.

    \b
    Examples:
      imagedrop doctor --config /etc/imagedrop/imagedrop.toml
      imagedrop doctor --stack imagedrop --json
    """
    results = check(_site(config, stack, folder))
    found = list(results) if json else list(_printed(results))
    if json:
        print_json({"checks": [asdict(result) for result in found]})
    return FAILED if any(result.outcome == "wrong" for result in found) else OK


def _site(config: Path | None, stack: str, folder: Path | None) -> Site:
    if sum(map(bool, (config, stack, folder))) > 1:
        raise InputError("use one of --config, --stack and --folder")
    if stack:
        import boto3

        return site_of(Deployment(cache(boto3.Session().client), stack))
    if folder:
        from imagedrop_local.stack.aws import Clients
        from imagedrop_local.stack.stack import NAME

        running = connections.running_stack(folder)
        assert running is not None
        return site_of(Deployment(Clients(running["aws"]["endpoint"]), NAME))
    return server_settings.site(server_settings.read(config or Path("imagedrop.toml")), os.environ)


def _printed(results: Iterable[CheckResult]) -> Iterable[CheckResult]:
    for result in results:
        print_parts(lines(result))
        yield result


def lines(result: CheckResult) -> Iterable[RenderableType]:
    yield Text.assemble((f"{result.outcome:<8}", STYLES[result.outcome]), f"{result.name:<22}", result.seen)
    if result.fix and result.outcome != "ok":
        label = "Fix" if result.outcome == "wrong" else "Note"
        yield Padding(Text(f"{label}: {result.fix}"), (0, 0, 0, 8))
