"""Text from keys, sidecars, images and result files has no effect on the terminal."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from rich.table import Table
from rich.text import Text

from imagedrop.domain.drop import ChannelDelivery, Drop, DropImage, Owner, Reason
from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts
from imagedrop_cli import output, render, status, upload_progress
from tests.support.hostile import HOSTILE, unprintable

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(show: Callable[[], Any], *, terminal: bool) -> str:
    """The output to stdout and stderr, without rich's own colours."""
    out = Terminal() if terminal else io.StringIO()
    environment = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with mock.patch.dict("os.environ", environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        show()
    return COLOURS.sub("", out.getvalue())


def row(text: str) -> Drop:
    at = "2026-11-24T13:00:00Z"
    return Drop(
        drop_id="i" * 43,
        bucket=text,
        key=text,
        stage="rejected",
        received_at=at,
        updated_at=at,
        deadline_at=at,
        ended_at=at,
        owner=Owner(email=text, name=text),
        job_id=text,
        images=(DropImage(role="data", id=text, name=text, min_disk=40, file=text),),
        findings=({"id": text, "severity": text, "message": text, "fix": text, "field": text},),
        reason=Reason(code=text, message=text),
        deliveries={"mail": ChannelDelivery(state="refused", note=text)},
    )


def table(text: str) -> Iterable[Any]:
    """Text that was not cleaned first."""
    rich_table = Table(title=text)
    rich_table.add_column(text)
    rich_table.add_row(text)
    return [rich_table, text, Text(text), Text.assemble((text, "red"))]


def uploads(text: str) -> None:
    path = mock.Mock(**{"stat.return_value.st_size": 7})
    path.name = text
    with upload_progress.progress_bars([path]) as progress_for:
        progress_for(path)(7)


OUTPUTS: dict[str, Callable[[str], Any]] = {
    "status": lambda text: status._print_table([row(text)]),
    "one drop": lambda text: output.print_parts(status._attempt(row(text))),
    "a result": lambda text: output.print_parts(render.drop_result(row(text).model_dump(mode="json"))),
    "findings": lambda text: output.print_parts(render.findings([Finding("a.b", "error", text, text, text)])),
    "facts": lambda text: output.print_parts(render.facts(DiskFacts(file_size=1, format=text, variant=text))),  # type: ignore[arg-type]
    "an upload": uploads,
    "a table": lambda text: output.print_parts(table(text)),
    "a table on stderr": lambda text: output.print_parts(table(text), stderr=True),
    "a rich line": lambda text: output.print_line(Text(text)),
    "a line": output.print_line,
    "a note": output.print_note,
    "an error": output.print_error,
    "json": lambda text: output.print_json({text: [text]}),
}


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("name", OUTPUTS)
@settings(max_examples=15)
@given(text=HOSTILE)
def test_text_from_outside_has_no_effect_on_the_terminal(name: str, terminal: bool, text: str) -> None:
    out = printed(lambda: OUTPUTS[name](text), terminal=terminal)
    if name == "an upload" and terminal:  # rich moves the cursor to redraw its bar
        out = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", out)
    assert not unprintable(out, allowed="\n")


@settings(max_examples=40)
@given(text=HOSTILE)
def test_status_prints_any_key_on_one_line(text: str) -> None:
    def lines(key: str) -> int:
        return printed(lambda: status._print_table([row(key)]), terminal=False).count("\n")

    assert lines(text) == lines("plain")


def test_markup_is_printed_as_text() -> None:
    text = "[red]a[/red] [link=https://evil.example]b[/link] :skull: {x} %s"
    assert text in printed(lambda: output.print_line(text), terminal=False)
    assert text in printed(lambda: OUTPUTS["findings"](text), terminal=False)


@settings(max_examples=40)
@given(text=HOSTILE)
def test_json_keeps_any_text(text: str) -> None:
    out = printed(lambda: output.print_json({"key": text}), terminal=True)
    assert json.loads(out) == {"key": text}
