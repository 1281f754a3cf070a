"""`imagedrop doctor`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from imagedrop_cli import connections, options, server_settings
from imagedrop_cli.checkup.checks import Probing, Site, check, site_of
from imagedrop_cli.checkup.report import markdown
from imagedrop_cli.checkup.results import CheckResult
from imagedrop_cli.deployment import Deployment, deployment
from imagedrop_cli.output import FAILED, OK, InputError, print_json, print_note, print_parts

STYLES = {"ok": "green", "wrong": "bold red", "unknown": "yellow"}


def doctor(
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", dir_okay=False, help="Settings of `imagedrop serve`.")
    ] = None,
    stack: options.Stack = "",
    folder: options.Folder = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="Register a tiny data disk image, see what IMS does, and delete it.")
    ] = False,
    kms_key: Annotated[
        str, typer.Option("--kms-key", metavar="ID", help="Check this key too, which sidecars name in cmk_id.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the probe.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", dir_okay=False, help="Write a report without your names and secrets."),
    ] = None,
) -> int:
    """Check an installation: settings, keys, bucket, IMS, mail, and what is on AWS.

    Each check is ok, wrong or unknown, with what it saw and how to fix it. Exit code 1 if one is wrong. Without an
    option it checks what `imagedrop.toml` in this folder describes. With --stack, the usual variables and files of AWS
    say where the stack is, and its secret has the keys of Huawei Cloud. It changes nothing, unless --probe is given.

    \b
    Examples:
      imagedrop doctor --config /etc/imagedrop/imagedrop.toml
      imagedrop doctor --stack imagedrop --json
      imagedrop doctor --probe --report report.md
    """
    if report is not None:
        _check_writable(report)  # before checks that take minutes
    site = replace(_site(config, stack, folder), kms_key=kms_key)
    probing = _probing(site, yes) if probe else None
    results = check(site, probing)
    found = list(results) if json else list(_printed(results))
    if json:
        print_json({"checks": [asdict(result) for result in found]})
    if report is not None:
        _write(report, markdown(site, found))
        print_note(f"Report written to {report}. Read it before you post it.")
    return FAILED if any(result.outcome == "wrong" for result in found) else OK


def _probing(site: Site, yes: bool) -> Probing:
    """Asks first. Raises InputError if nobody can be asked."""
    if not yes and not sys.stdin.isatty():
        raise InputError("--probe asks before it registers images, and this is no terminal: add --yes")
    settings = site.settings
    print_note(
        f"The probe writes a file of 256 KB below .imagedrop/ in {settings.drop_bucket}, registers up to three private "
        f"images of it in the project {settings.project_id}, waits for their imports, and deletes all of them."
    )
    if not yes and not typer.confirm("Go on?", err=True):
        raise InputError("nothing was done")
    return Probing(ask=lambda question: not yes and typer.confirm(question, err=True), note=print_note)


def _check_writable(path: Path) -> None:
    """Changes nothing: the checks may not end. Raises InputError."""
    existed = path.exists()
    try:
        with path.open("a"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _site(config: Path | None, stack: str, folder: Path | None) -> Site:
    if (config or stack) and folder and str(folder) == os.environ.get(options.FOLDER):
        folder = None  # an option counts more than a variable
    if sum(map(bool, (config, stack, folder))) > 1:
        raise InputError("use one of --config, --stack and --folder")
    if stack:
        return site_of(deployment(stack))
    if folder:
        from imagedrop_local.stack.aws import Clients
        from imagedrop_local.stack.deployed import NAME

        running = connections.running_stack(folder)
        assert running is not None
        found = site_of(Deployment(Clients(running["aws"]["endpoint"]), NAME))
        return replace(found, endpoints=running.get("services", {}))
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
