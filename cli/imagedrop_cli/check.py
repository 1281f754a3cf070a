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
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A file, obs://bucket/key, or an https address.")],
    sidecar: Annotated[Path | None, typer.Option(metavar="F", help="Judge the image against this sidecar.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Facts, findings, the sidecar filled in, and the cost.")] = False,
    folder: options.Folder = None,
) -> None:
    """Judge an image as IMS would, before it is dropped: what is in it, what is wrong, how to mend it.

    Reads a few megabytes at both ends of the file, whatever its size. Without --sidecar only the file is judged. An
    object in OBS is read with IMAGEDROP_REGION (or IMAGEDROP_OBS_ENDPOINT) and HUAWEICLOUD_SDK_AK and _SK, or through
    the stack that runs on this machine; an address that was signed beforehand needs no keys. Exit code: 0 no errors,
    1 errors, 2 it cannot be read.

    \b
    Examples:
      imagedrop check disk.vhdx
      imagedrop check disk.vhdx --sidecar disk.vhdx.json
      imagedrop check obs://drops/golden/w2022.qcow2 --json
      imagedrop check 'https://drops.obs.eu-west-101.myhuaweicloud.eu/w2022.qcow2?Signature=...'
    """
    found = check_image(locate(image, folder), read_sidecar_file(sidecar))
    if json:
        print_json(found.public())
    else:
        _show(found, image, sidecar)
    raise typer.Exit(OK if found.clean else FAILED)


def _show(found: CheckedImage, image: str, sidecar: Path | None) -> None:
    print_parts(render.facts(found.facts))
    print_parts([*render.findings(found.findings), render.findings_summary(found.findings)])
    beside = Path(object_keys.sidecar_key(image))
    if sidecar is None and not is_remote(image) and beside.is_file():
        print_line(f"{beside} lies beside it and was not judged: add --sidecar {beside}", style="dim")
