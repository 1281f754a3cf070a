"""`imagedrop status`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from imagedrop import status as core
from imagedrop_cli import draw, options
from imagedrop_cli.desk import address, desk
from imagedrop_cli.output import BAD, Stop, print_json, printable, say, show


def status(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="An image's key, or obs://bucket/key.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Rows of the ledger.")] = False,
    folder: options.Folder = None,
) -> None:
    """Tell what every drop on its way is doing, or the whole story of one.

    Reads the ledger of the stack on this machine, or of the one that the environment names (IMAGEDROP_LEDGER_TABLE,
    IMAGEDROP_DROP_BUCKET and AWS's own variables).

    \b
    Examples:
      imagedrop status
      imagedrop status golden/w2022.vhdx
      imagedrop status golden/w2022.vhdx --json
    """
    with desk(folder) as ports:
        found = core.overview(ports) if key is None else core.stories(ports, *address(key, ports))
    if key is not None and not found:
        raise Stop(f"no drop is known at {key}", BAD)
    if json:
        print_json({"drops": found})
    elif key is None:
        _overview(found)
    else:
        for row in found:
            show(_story(row))


def _overview(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        say("no drop is on its way; `imagedrop status KEY` tells the story of one that has ended")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("key", "stage", "attempt", "since", "doing"):
        table.add_column(name)
    for row in rows:
        since = row["received_at"][:19] + "Z"
        table.add_row(printable(row["key"]), row["stage"], str(row["attempt"]), since, printable(_doing(row)))
    show([table])


def _doing(row: Mapping[str, Any]) -> str:
    if row["held"]:
        return f"waits for an operator: {row['held']['code']} {row['held']['message']}"
    if row["behind"]:
        return "waits for the end of older content of this key"
    if row["missing"]:
        return f"waits for {', '.join(row['missing'])}"
    if row["stage"] == "importing":
        return f"IMS job {row['job_id']}" if row["job_id"] else "IMS imports it"
    return "its owner is being told" if row["stage"] in ("registered", "rejected", "failed") else "at work"


def _story(row: Mapping[str, Any]) -> Iterator[Any]:
    """One row of the ledger, as its end if it has ended."""
    yield from draw.ending(row)
    for name, value in _details(row):
        yield Text.assemble((f"  {name:<9} ", "bold"), printable(value))


def _details(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "drop id", row["drop_id"]
    yield "received", row["received_at"]
    yield ("ended", row["ended_at"]) if row["ended_at"] else ("updated", row["updated_at"])
    if not row["ended_at"]:
        yield "doing", _doing(row)
    if row["job_id"]:
        yield "IMS job", row["job_id"]
    if row["owner"]:
        yield "owner", row["owner"]["email"]
    for channel, told in row["told"].items():
        yield channel, told["state"] + (f" ({told['note']})" if told["note"] else "")
