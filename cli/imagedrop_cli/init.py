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
from imagedrop_cli.output import USAGE, CommandError, print_json, print_note, print_parts

OWNER = "FILL-IN"  # no address: a sidecar that still says so is refused


def init(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A file, obs://bucket/key, or an https address.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="F", help="Default: IMAGE.json; - is stdout.")
    ] = None,
    owner_email: Annotated[str, typer.Option(metavar="ADDRESS", help="Who is told how the drop ends.")] = "",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the image in IMS.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    folder: options.Folder = None,
) -> None:
    """Write the sidecar that matches an image: what its file says, and room for what only its owner knows.

    Without --owner-email the owner's address has to be filled in before the sidecar is right.

    \b
    Examples:
      imagedrop init disk.vhdx --owner-email ada@example.com
      imagedrop init disk.vhdx --output - | less
    """
    where = locate(image, folder)
    found = check_image(where, None)
    written = _filled(rules.sidecar_for(found.facts, found.findings, file=where.key, email=owner_email or OWNER), name)
    target = _target(where.key.rpartition("/")[2] if is_remote(image) else image, output)
    if target is None:
        print_json(written)
    else:
        _write(target, written, force=force)
    print_parts(render.findings(one for one in found.findings if one.severity == "error"), stderr=True)
    if not owner_email:
        print_note(f'owner.email is "{OWNER}": put the owner\'s address there, or the drop is refused')


def _filled(fields: dict[str, Any], name: str | None) -> dict[str, Any]:
    """Raises Stop where what was given on the command line is not right."""
    fields = fields | ({"name": name} if name is not None else {})
    owner = fields["owner"]["email"]
    faults = [one for one in sidecar.read(json.dumps(fields).encode()).findings if one.severity == "error"]
    given = [one for one in faults if one.field == "/name" or (one.field == "/owner/email" and owner != OWNER)]
    if given:
        raise CommandError(f"{given[0].message} {given[0].fix}", USAGE)
    return fields


def _target(image: str, output: str | None) -> Path | None:
    if output == "-":
        return None
    return Path(output or object_keys.sidecar_key(image))


def _write(path: Path, fields: dict[str, Any], *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(json.dumps(fields, ensure_ascii=False, indent=2) + "\n")
    except FileExistsError:
        raise CommandError(f"{path} is there already: --force overwrites it, --output names another", USAGE) from None
    except OSError as error:
        raise CommandError(f"{path}: {error_text(error)}", USAGE) from None
    print_note(f"{path} written")
