"""`imagedrop redrive`."""

from __future__ import annotations

from typing import Annotated

import typer

from imagedrop.domain.drop import Drop
from imagedrop.workflow.status import newest_first
from imagedrop_cli import options
from imagedrop_cli.aws_session import bucket_and_key, open_ports
from imagedrop_cli.output import FAILED, CommandError, print_json, print_line
from imagedrop_cli.status_text import describe


def redrive(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The image's key, or obs://bucket/key.")],
    json: Annotated[bool, typer.Option("--json", help="What was set going.")] = False,
    folder: options.Folder = None,
) -> None:
    """Set a rejected or failed drop going again, as it lies in the bucket.

    For what was mended elsewhere: a quota, a permission, a setting. Whoever mends the image or its sidecar only has to
    upload it again, and a drop that waits for an operator goes on by itself. Exit code: 0 it is on its way, 1 there is
    nothing to set going.

    \b
    Example:
      imagedrop redrive golden/w2022.vhdx && imagedrop status golden/w2022.vhdx
    """
    with open_ports(folder) as ports:
        bucket, image = bucket_and_key(key, ports)
        row = _redrivable(key, newest_first(ports, bucket, image))
        message = {"bucket": bucket, "key": image, "after_attempt": row.attempt}
        ports.queues.send("drops", message)
    if json:
        print_json({**message, "drop_id": row.drop_id})
    else:
        print_line(f"{key}: attempt {row.attempt} was {row.stage}; attempt {row.attempt + 1} begins")


def _redrivable(key: str, rows: list[Drop]) -> Drop:
    """The newest row, if it has ended badly. Raises Stop."""
    if not rows:
        raise CommandError(f"no drop is known at {key}", FAILED)
    row = rows[0]
    if row.stage == "registered":
        names = ", ".join(image.id for image in row.images)
        raise CommandError(f"{key} is registered already ({names}): there is nothing to set going", FAILED)
    if not row.ended:
        raise CommandError(f"{key} is still going ({row.stage}): {describe(row)}", FAILED)
    if row.etag is None:
        raise CommandError(f"{key} itself has never arrived, only its sidecar: upload the image", FAILED)
    return row
