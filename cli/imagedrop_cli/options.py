"""Options that several commands share, and their checks. They raise typer.BadParameter before the command starts."""

from __future__ import annotations

import ipaddress
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from pydantic import ValidationError

from imagedrop.domain.object_keys import is_bucket
from imagedrop.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from imagedrop_local.switches import Switches

FOLDER = "IMAGEDROP_FOLDER"


def check_bucket_name(name: str) -> str:
    if name and not is_bucket(name):
        raise typer.BadParameter(
            f"{name!r} is not a bucket name: use 3 to 63 characters of a-z, 0-9, - and ., as in my-drops"
        )
    return name


def check_finite(number: float) -> float:
    if not math.isfinite(number):
        raise typer.BadParameter(f"{number} is not a finite number")
    return number


def check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if url and not valid:
        raise typer.BadParameter(f"{url} is not a URL like https://obs.cn-north-4.myhuaweicloud.com")
    return url


def check_address(address: str) -> str:
    try:
        valid = not ipaddress.IPv4Address(address).is_unspecified
    except ValueError:
        valid = False
    if not valid:
        raise typer.BadParameter(
            f"{address} is not an address at which this machine is reached: use one like 172.17.0.1, which "
            "`docker network inspect bridge` shows as Gateway"
        )
    return address


def check_pairs(pairs: list[str]) -> list[str]:
    for pair in pairs:
        name, equals, _ = pair.partition("=")
        if not (name.strip() and equals):
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE")
    return pairs


def parse_pairs(pairs: list[str]) -> dict[str, str]:
    """Of checked NAME=VALUE pairs; the last value of a repeated name is used."""
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def check_settings(pairs: list[str]) -> list[str]:
    """Raises typer.BadParameter for an unknown setting or a value that it does not take."""
    given = parse_pairs(check_pairs(pairs))
    try:
        Settings.read({f"{PREFIX}{name.upper()}": value for name, value in given.items()})
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    return pairs


def parse_switches(pairs: list[str]) -> Switches:
    """Raises typer.BadParameter for an unknown switch or a value that it does not take."""
    from imagedrop_local.switches import from_text  # imports the simulators

    try:
        return from_text(parse_pairs(pairs))
    except ValidationError as error:
        first = error.errors()[0]
        problem = "there is no such switch" if first["type"] == "extra_forbidden" else first["msg"]
        raise typer.BadParameter(f"switch {first['loc'][0]}: {problem} (see docs/internals/simulators.md)") from None


def port_option(service: str) -> Any:
    return typer.Option(min=0, max=65535, metavar="PORT", help=f"Port of {service}; 0: any free port.")


def url_option(help_text: str) -> Any:
    return typer.Option(metavar="URL", callback=check_url, help=help_text)


Stack = Annotated[str, typer.Option("--stack", metavar="NAME", help="Stack of template.yaml on AWS.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", envvar=FOLDER, metavar="DIR", file_okay=False, help="Use the stack that `up` runs in this folder."
    ),
]
StackFolder = Annotated[
    Path,
    typer.Option(
        "--folder",
        envvar=FOLDER,
        metavar="DIR",
        file_okay=False,
        help="Folder for all data; a later start continues with it.",
    ),
]
ObsPort = Annotated[int, port_option("OBS")]
ImsPort = Annotated[int, port_option("IMS")]
SmnPort = Annotated[int, port_option("SMN")]
TimeScale = Annotated[
    float,
    typer.Option(min=0.001, metavar="N", callback=check_finite, help="Simulated seconds per real second."),
]
Bucket = Annotated[str, typer.Option(metavar="B", callback=check_bucket_name, help="Bucket for images and sidecars.")]
Switch = Annotated[
    list[str],
    typer.Option(
        "--switch",
        metavar="NAME=VALUE",
        callback=check_pairs,
        help="Change a simulator's behaviour (docs/internals/simulators.md). Repeatable.",
    ),
]
Setting = Annotated[
    list[str],
    typer.Option(
        "--setting",
        metavar="NAME=VALUE",
        callback=check_settings,
        help="Change a setting of the functions (docs/settings.md). Repeatable.",
    ),
]
AddressesAsJson = Annotated[bool, typer.Option("--json", help="Print all addresses and keys as one line of JSON.")]
