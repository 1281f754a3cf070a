"""`imagedrop status`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from imagedrop.common.display_text import one_line
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable
from imagedrop.workflow import status as core
from imagedrop_cli import connections, options, recent_drops, render
from imagedrop_cli.aws_session import bucket_and_key, open_ports
from imagedrop_cli.output import FAILED, CommandError, print_json, print_line, print_note, print_parts
from imagedrop_cli.status_text import describe
from imagedrop_cli.upload_plan import target_bucket


def status(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="An image's key, or obs://bucket/key.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Rows of the ledger.")] = False,
    folder: options.Folder = None,
) -> None:
    """Tell what every drop is doing, the last twenty that have ended among them, or the whole story of one.

    Reads the ledger of the stack on this machine, or of the one that the environment names (IMAGEDROP_LEDGER_TABLE,
    IMAGEDROP_DROP_BUCKET and AWS's own variables). Which drops have ended is read from the bucket, as `check` reaches
    it; where it cannot be reached, those on their way are shown. Exit code: 0, or 1 if no drop is known at KEY.

    \b
    Examples:
      imagedrop status
      imagedrop status golden/w2022.vhdx
      imagedrop status golden/w2022.vhdx --json
    """
    if key is not None:
        _stories(key, folder, json=json)
        return
    around = dict(os.environ)  # in there it is a function's
    with open_ports(folder) as ports:
        under_way = sorted(ports.ledger.open(), key=lambda row: row.received_at)
        bucket, images = _ended(folder, around)
        found = [*under_way, *recent_drops.rows(ports.ledger, bucket, images, under_way)]
    if json:
        print_json({"drops": [core.summary(row) for row in found]})
    else:
        _overview(found)


def _stories(key: str, folder: Path | None, *, json: bool) -> None:
    with open_ports(folder) as ports:
        found = core.newest_first(ports, *bucket_and_key(key, ports))
    if not found:
        raise CommandError(f"no drop is known at {key}", FAILED)
    if json:
        print_json({"drops": [row.model_dump(mode="json") for row in found]})
        return
    for row in found:
        print_parts(_story(row))


def _ended(folder: Path | None, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """The bucket, and the keys of its images that have ended last."""
    try:
        obs = connections.obs(folder, environment)
        bucket = target_bucket("", obs)
        return bucket, recent_drops.keys(obs.objects, bucket, obs.settings.drop_prefix)
    except (CommandError, ObjectsRefused, ObjectsUnavailable) as error:
        print_note(f"drops that have ended are not shown: {error}")
        return "", []


def _overview(rows: Sequence[Drop]) -> None:
    if not rows:
        print_line("no drop is on its way")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("key", "stage", "attempt", "since", "doing"):
        table.add_column(name)
    for row in rows:
        since = (row.ended_at or row.received_at)[:19] + "Z"
        table.add_row(one_line(row.key), row.stage, str(row.attempt), since, one_line(describe(row)))
    print_parts([table])


def _story(row: Drop) -> Iterator[Any]:
    """One row of the ledger, as its end if it has ended."""
    yield from render.drop_result(row.model_dump(mode="json"))
    for name, value in _details(row):
        yield Text.assemble((f"  {name:<9} ", "bold"), one_line(value))


def _details(row: Drop) -> Iterator[tuple[str, str]]:
    yield "drop id", row.drop_id
    yield "received", row.received_at
    yield ("ended", row.ended_at) if row.ended_at else ("updated", row.updated_at)
    if not row.ended_at:
        yield "doing", describe(row)
    if row.job_id:
        yield "IMS job", row.job_id
    if row.owner:
        yield "owner", row.owner.email
    for channel, told in row.deliveries.items():
        yield channel, told.state + (f" ({told.note})" if told.note else "")
