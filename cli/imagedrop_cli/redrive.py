"""`imagedrop redrive`."""

from __future__ import annotations

from typing import Annotated

import typer

from imagedrop.domain.drop import Drop
from imagedrop.workflow.status import newest_first
from imagedrop_cli import options
from imagedrop_cli.aws_session import bucket_and_key, open_ports
from imagedrop_cli.output import CommandError, print_json, print_line
from imagedrop_cli.status_text import describe


def redrive(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the image, or obs://bucket/key.")],
    json: Annotated[bool, typer.Option("--json", help="Print the message that was sent.")] = False,
    folder: options.Folder = None,
    stack: options.Stack = "",
) -> None:
    """Retry a rejected or failed drop with the same files.

    Use it after you fixed the cause elsewhere: a quota, a permission, a setting. If you fixed the image or the sidecar,
    upload it again instead. A drop that waits for an operator is retried automatically.
    Exit codes: 0 retry started; 1 nothing to retry.

    \b
    Examples:
      imagedrop redrive golden/w2022.vhdx && imagedrop status golden/w2022.vhdx
      imagedrop redrive golden/w2022.vhdx --stack imagedrop
    """
    with open_ports(folder, stack) as ports:
        bucket, image = bucket_and_key(key, ports)
        row = _redrivable(key, newest_first(ports, bucket, image))
        message = {"bucket": bucket, "key": image, "after_attempt": row.attempt}
        ports.queues.send("drops", message)
    if json:
        print_json({**message, "drop_id": row.drop_id})
    else:
        print_line(f"{key}: attempt {row.attempt} was {row.stage}; starting attempt {row.attempt + 1}")


def _redrivable(key: str, rows: list[Drop]) -> Drop:
    """The newest row. Raises CommandError unless it was rejected or failed."""
    if not rows:
        raise CommandError(f"there is no drop with the key {key}")
    row = rows[0]
    if row.stage == "registered":
        names = ", ".join(image.id for image in row.images)
        raise CommandError(f"{key} is already registered as image {names}: nothing to retry")
    if not row.ended:
        raise CommandError(f"{key} is still in progress ({row.stage}): {describe(row)}")
    if row.etag is None:
        raise CommandError(f"only the sidecar of {key} was uploaded: upload the image")
    return row
