"""Options that several commands have, and what they refuse: a wrong call is told before anything is begun."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from imagedrop_local.obs.keys import is_bucket

FOLDER = "IMAGEDROP_FOLDER"


def bucket_name(name: str) -> str:
    if name and not is_bucket(name):
        raise typer.BadParameter(f"{name!r} is no bucket name: 3 to 63 of a-z, 0-9, - and ., as in my-drops")
    return name


def finite(number: float) -> float:
    if not math.isfinite(number):
        raise typer.BadParameter(f"{number} is no number of seconds")
    return number


def address(url: str) -> str:
    """Without a slash at its end."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if url and not sound:
        raise typer.BadParameter(f"{url} is no address like https://obs.cn-north-4.myhuaweicloud.com")
    return url


def port(of: str) -> Any:
    return typer.Option(min=0, max=65535, metavar="PORT", help=of)


Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", envvar=FOLDER, metavar="DIR", file_okay=False, help="The stack that `up` runs on this folder."
    ),
]
KeptFolder = Annotated[
    Path,
    typer.Option(
        "--folder",
        envvar=FOLDER,
        metavar="DIR",
        file_okay=False,
        help="Keeps everything from one start to the next.",
    ),
]
ObsPort = Annotated[int, port("Of OBS. Ports: 0 is any free one.")]
ImsPort = Annotated[int, port("Of IMS.")]
SmnPort = Annotated[int, port("Of SMN.")]
TimeScale = Annotated[
    float, typer.Option(min=0.001, metavar="N", callback=finite, help="Seconds of the simulated cloud in one of ours.")
]
Bucket = Annotated[str, typer.Option(metavar="B", callback=bucket_name, help="The bucket that is watched.")]
AddressesAsJson = Annotated[bool, typer.Option("--json", help="One line with all addresses and keys, when it is up.")]


def url(what: str) -> Any:
    return typer.Option(metavar="URL", callback=address, help=what)
