"""Options that several commands have, and what they refuse: a wrong call is told before anything is begun."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from pydantic import ValidationError

from imagedrop_local.obs.keys import is_bucket
from imagedrop_local.switches import Switches, from_text

FOLDER = "IMAGEDROP_FOLDER"


def check_bucket_name(name: str) -> str:
    if name and not is_bucket(name):
        raise typer.BadParameter(f"{name!r} is no bucket name: 3 to 63 of a-z, 0-9, - and ., as in my-drops")
    return name


def check_finite(number: float) -> float:
    if not math.isfinite(number):
        raise typer.BadParameter(f"{number} is no number of seconds")
    return number


def check_url(url: str) -> str:
    """Without a slash at its end."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if url and not sound:
        raise typer.BadParameter(f"{url} is no address like https://obs.cn-north-4.myhuaweicloud.com")
    return url


def check_pairs(given: list[str]) -> list[str]:
    for one in given:
        if not one.partition("=")[0].strip() or "=" not in one:
            raise typer.BadParameter(f"{one!r} is not NAME=VALUE")
    return given


def parse_pairs(given: list[str]) -> dict[str, str]:
    """What `pairs` has let through; of a name that is given twice the last counts."""
    return {name: value for name, _, value in (one.partition("=") for one in given)}


def parse_switches(given: list[str]) -> Switches:
    """Raises typer.BadParameter for a switch that is none, or that has no such value."""
    try:
        return from_text(parse_pairs(given))
    except ValidationError as error:
        first = error.errors()[0]
        raise typer.BadParameter(f"switch {first['loc'][0]}: {first['msg']} (docs/simulators.md)") from None


def port_option(of: str) -> Any:
    return typer.Option(min=0, max=65535, metavar="PORT", help=of)


Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", envvar=FOLDER, metavar="DIR", file_okay=False, help="The stack that `up` runs on this folder."
    ),
]
StackFolder = Annotated[
    Path,
    typer.Option(
        "--folder",
        envvar=FOLDER,
        metavar="DIR",
        file_okay=False,
        help="Keeps everything from one start to the next.",
    ),
]
ObsPort = Annotated[int, port_option("Of OBS. Ports: 0 is any free one.")]
ImsPort = Annotated[int, port_option("Of IMS.")]
SmnPort = Annotated[int, port_option("Of SMN.")]
TimeScale = Annotated[
    float,
    typer.Option(min=0.001, metavar="N", callback=check_finite, help="Seconds of the simulated cloud in one of ours."),
]
Bucket = Annotated[str, typer.Option(metavar="B", callback=check_bucket_name, help="The bucket that is watched.")]
Switch = Annotated[
    list[str],
    typer.Option(
        "--switch",
        metavar="NAME=VALUE",
        callback=check_pairs,
        help="Of the simulators; docs/simulators.md has all of them.",
    ),
]
Parameter = Annotated[
    list[str],
    typer.Option(
        "--parameter", metavar="NAME=VALUE", callback=check_pairs, help="Of template.yaml, over what is set here."
    ),
]
AddressesAsJson = Annotated[bool, typer.Option("--json", help="One line with all addresses and keys, when it is up.")]


def url_option(what: str) -> Any:
    return typer.Option(metavar="URL", callback=check_url, help=what)
