"""`imagedrop check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imagedrop.domain import object_keys
from imagedrop_cli import options, render
from imagedrop_cli.check_image import CheckedImage, check_image, read_sidecar_file
from imagedrop_cli.connections import is_remote
from imagedrop_cli.image_location import locate
from imagedrop_cli.output import FAILED, OK, print_json, print_line, print_parts


def check(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A file, obs://bucket/key or a URL.")],
    sidecar: Annotated[
        Path | None, typer.Option(metavar="F", help="Check the image together with this sidecar.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print facts, findings, filled-in sidecar and read cost.")
    ] = False,
    folder: options.Folder = None,
) -> None:
    """Check an image before you drop it: show what it contains, what IMS would refuse, and how to fix it.

    Reads only a few megabytes, even of a large file. Without --sidecar only the image is checked. For obs:// set
    IMAGEDROP_REGION (or IMAGEDROP_OBS_ENDPOINT), HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or run a local stack. A
    presigned URL needs no keys. Exit codes: 0 no errors; 1 errors found; 2 bad arguments or unreadable input.

    \b
    Examples:
      imagedrop check disk.vhdx
      imagedrop check disk.vhdx --sidecar disk.vhdx.json
      imagedrop check obs://drops/golden/w2022.qcow2 --json
      imagedrop check 'https://drops.obs.eu-west-101.myhuaweicloud.eu/w2022.qcow2?Signature=...'
    """
    checked = check_image(locate(image, folder), read_sidecar_file(sidecar))
    if json:
        print_json(checked.public())
    else:
        _print(checked, image, sidecar)
    raise typer.Exit(OK if checked.clean else FAILED)


def _print(checked: CheckedImage, image: str, sidecar: Path | None) -> None:
    print_parts(render.facts(checked.facts))
    print_parts([*render.findings(checked.findings), render.findings_summary(checked.findings)])
    default = Path(object_keys.sidecar_key(image))
    if sidecar is None and not is_remote(image) and default.is_file():
        print_line(f"The sidecar was not checked. To check it: --sidecar {default}", style="dim")
