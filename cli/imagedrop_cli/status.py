"""`imagedrop status`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from imagedrop.common.display_text import one_line
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable
from imagedrop.workflow import status as core
from imagedrop_cli import connections, options, recent_drops, render
from imagedrop_cli.aws_session import bucket_and_key, open_ports
from imagedrop_cli.output import CommandError, print_json, print_line, print_note, print_parts
from imagedrop_cli.status_text import describe
from imagedrop_cli.upload_plan import target_bucket


def status(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="Key of an image, or obs://bucket/key.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the ledger's rows.")] = False,
    folder: options.Folder = None,
    stack: options.Stack = "",
) -> None:
    """Show the drops in progress and the last twenty that ended; with KEY, all attempts of one drop.

    Reads the ledger of the local stack, or of a deployment: with --stack, AWS's own variables and files say where the
    stack is; without, IMAGEDROP_LEDGER_TABLE and IMAGEDROP_DROP_BUCKET name table and bucket, and OBS is configured as
    for `check`. Ended drops are found in the bucket; without OBS only drops in progress are shown.
    Exit codes: 0 success; 1 no drop with this key.

    \b
    Examples:
      imagedrop status
      imagedrop status golden/w2022.vhdx
      imagedrop status golden/w2022.vhdx --json
      imagedrop status --stack imagedrop
    """
    if key is not None:
        _show_drop(key, folder, stack, json=json)
        return
    environment = dict(os.environ)  # open_ports replaces it
    with open_ports(folder, stack) as ports:
        in_progress = sorted(ports.ledger.open(), key=lambda row: row.received_at)
        bucket, images = _ended_images(folder, stack, environment)
        rows = [*in_progress, *recent_drops.rows(ports.ledger, bucket, images, in_progress)]
    if json:
        print_json({"drops": [core.summary(row) for row in rows]})
    else:
        _print_table(rows)


def _show_drop(key: str, folder: Path | None, stack: str, *, json: bool) -> None:
    with open_ports(folder, stack) as ports:
        rows = core.newest_first(ports, *bucket_and_key(key, ports))
    if not rows:
        raise CommandError(f"there is no drop with the key {key}")
    if json:
        print_json({"drops": [row.model_dump(mode="json") for row in rows]})
        return
    for row in rows:
        print_parts(_attempt(row))


def _ended_images(folder: Path | None, stack: str, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """The bucket, and the keys of its images whose drops ended last."""
    try:
        obs = connections.obs_of_deployment(stack) if stack else connections.obs(folder, environment)
        bucket = target_bucket("", obs)
        return bucket, recent_drops.keys(obs.objects, bucket, obs.settings.drop_prefix)
    except (CommandError, ObjectsRefused, ObjectsUnavailable) as error:
        print_note(f"cannot show ended drops: {error}")
        return "", []


def _print_table(rows: Sequence[Drop]) -> None:
    if not rows:
        print_line("no drops")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("key", "stage", "attempt", "since", "status"):
        table.add_column(name)
    for row in rows:
        since = (row.ended_at or row.received_at)[:19] + "Z"
        table.add_row(one_line(row.key), row.stage, str(row.attempt), since, one_line(describe(row)))
    print_parts([table])


def _attempt(row: Drop) -> Iterator[RenderableType]:
    """One row of the ledger."""
    yield from render.drop_result(row.model_dump(mode="json"))
    for name, value in _details(row):
        yield Text.assemble((f"  {name:<9} ", "bold"), one_line(value))


def _details(row: Drop) -> Iterator[tuple[str, str]]:
    yield "drop id", row.drop_id
    yield "received", row.received_at
    yield ("ended", row.ended_at) if row.ended_at else ("updated", row.updated_at)
    if not row.ended_at:
        yield "status", describe(row)
    if row.job_id:
        yield "IMS job", row.job_id
    if row.owner:
        yield "owner", row.owner.email
    for channel, delivery in row.deliveries.items():
        yield channel, delivery.state + (f" ({delivery.note})" if delivery.note else "")
