"""`imagedrop doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from imagedrop_cli import server_settings
from imagedrop_cli.checkup.checks import check
from imagedrop_cli.checkup.results import CheckResult
from imagedrop_cli.output import FAILED, OK, print_json, print_parts

STYLES = {"ok": "green", "wrong": "bold red", "unknown": "yellow"}


def doctor(
    config: Annotated[
        Path, typer.Option("--config", metavar="FILE", dir_okay=False, help="Settings of `imagedrop serve`.")
    ] = Path("imagedrop.toml"),
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> int:
    """Check an installation: settings, keys, bucket, IMS, mail. It changes nothing.

    Each check is ok, wrong or unknown, with what it saw and how to fix it. Exit code 1 if one is wrong.

    \b
    Examples:
      imagedrop doctor
      imagedrop doctor --config /etc/imagedrop/imagedrop.toml --json
    """
    results = check(server_settings.site(server_settings.read(config), os.environ))
    found = list(results) if json else list(_printed(results))
    if json:
        print_json({"checks": [asdict(result) for result in found]})
    return FAILED if any(result.outcome == "wrong" for result in found) else OK


def _printed(results: Iterable[CheckResult]) -> Iterable[CheckResult]:
    for result in results:
        print_parts(lines(result))
        yield result


def lines(result: CheckResult) -> Iterable[RenderableType]:
    yield Text.assemble((f"{result.outcome:<8}", STYLES[result.outcome]), f"{result.name:<22}", result.seen)
    if result.fix and result.outcome != "ok":
        yield Padding(Text(f"Fix: {result.fix}"), (0, 0, 0, 8))
