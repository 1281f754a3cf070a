"""`imagedrop init`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from imagedrop import rules, sidecar
from imagedrop.domain import object_keys
from imagedrop_cli import options, render
from imagedrop_cli.check_image import check_image
from imagedrop_cli.connections import is_remote
from imagedrop_cli.image_location import error_text, locate
from imagedrop_cli.output import InputError, print_json, print_note, print_parts

OWNER = "FILL-IN"  # not an address, so a sidecar that still has it is rejected


def init(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A file, obs://bucket/key or a URL.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="F", help="Default: IMAGE.json. - for stdout.")
    ] = None,
    owner_email: Annotated[str, typer.Option(metavar="ADDRESS", help="Who gets the mail with the result.")] = "",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the image in IMS.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    folder: options.Folder = None,
) -> None:
    """Inspect an image and write a sidecar for it.

    Without --owner-email you must add the owner's address to the file before you drop the image.

    Exit codes: 0 written; 2 bad arguments, unreadable image or existing file: nothing was done.

    \b
    Examples:
      imagedrop init disk.vhdx --owner-email ada@example.com
      imagedrop init disk.vhdx --output - | less
    """
    location = locate(image, folder)
    checked = check_image(location, None)
    template = rules.sidecar_for(checked.facts, checked.findings, file=location.key, email=owner_email or OWNER)
    fields = template if name is None else {**template, "name": name}
    _check_options(fields)
    target = _target(location.key.rpartition("/")[2] if is_remote(image) else image, output)
    if target is None:
        print_json(fields)
    else:
        _write(target, fields, force=force)
    print_parts(render.findings(finding for finding in checked.findings if finding.severity == "error"), stderr=True)
    if not owner_email:
        print_note(f'owner.email is "{OWNER}": replace it with the owner\'s address, or the drop will be rejected')


def _check_options(fields: dict[str, Any]) -> None:
    """Raises CommandError if --name or --owner-email is not valid."""
    for finding in sidecar.read(json.dumps(fields).encode()).findings:
        placeholder = finding.field == "/owner/email" and fields["owner"]["email"] == OWNER
        if finding.severity == "error" and finding.field in ("/name", "/owner/email") and not placeholder:
            raise InputError(f"{finding.message} {finding.fix}")


def _target(image: str, output: str | None) -> Path | None:
    if output == "-":
        return None
    return Path(output or object_keys.sidecar_key(image))


def _write(path: Path, fields: dict[str, Any], *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(json.dumps(fields, ensure_ascii=False, indent=2) + "\n")
    except FileExistsError:
        raise InputError(f"{path} already exists: use --force to overwrite it, or --output for another file") from None
    except OSError as error:
        raise InputError(f"{path}: {error_text(error)}") from None
    print_note(f"wrote {path}")
