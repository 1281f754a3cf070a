"""Whatever keys, sidecars, images and result files hold, a terminal shows it and does nothing."""

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

RICHS = re.compile(r"\x1b\[[0-9;]*m")  # colours


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(doing: Callable[[], Any], *, terminal: bool) -> str:
    """What goes to both streams, without rich's own colours."""
    out = Terminal() if terminal else io.StringIO()
    environment = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with mock.patch.dict("os.environ", environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        doing()
    return RICHS.sub("", out.getvalue())


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
    """As somebody may write it who forgets that text is foreign."""
    made = Table(title=text)
    made.add_column(text)
    made.add_row(text)
    return [made, text, Text(text), Text.assemble((text, "red"))]


def uploads(text: str) -> None:
    path = mock.Mock(**{"stat.return_value.st_size": 7})
    path.name = text
    with upload_progress.progress_bars([path]) as told:
        told(path)(7)


EVERYWHERE: dict[str, Callable[[str], Any]] = {
    "status": lambda text: status._overview([row(text)]),
    "a story": lambda text: output.print_parts(status._story(row(text))),
    "a result": lambda text: output.print_parts(render.drop_result(row(text).model_dump(mode="json"))),
    "findings": lambda text: output.print_parts(render.findings([Finding("a.b", "error", text, text, text)])),
    "facts": lambda text: output.print_parts(render.facts(DiskFacts(file_size=1, format=text, variant=text))),  # type: ignore[arg-type]
    "an upload": uploads,
    "anything": lambda text: output.print_parts(table(text)),
    "on stderr": lambda text: output.print_parts(table(text), stderr=True),
    "said": lambda text: output.print_line(Text(text)),
    "said plainly": output.print_line,
    "noted": output.print_note,
    "a complaint": output.print_error,
    "json": lambda text: output.print_json({text: [text]}),
}


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("where", EVERYWHERE)
@settings(max_examples=15)
@given(text=HOSTILE)
def test_no_foreign_text_acts_on_the_terminal(where: str, terminal: bool, text: str) -> None:
    seen = shown(lambda: EVERYWHERE[where](text), terminal=terminal)
    if where == "an upload" and terminal:  # rich moves the cursor to draw its bar anew
        seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", seen)
    assert not unprintable(seen, allowed="\n")


@settings(max_examples=40)
@given(text=HOSTILE)
def test_a_row_of_status_is_one_line_whatever_its_key_holds(text: str) -> None:
    def lines(key: str) -> int:
        return shown(lambda: status._overview([row(key)]), terminal=False).count("\n")

    assert lines(text) == lines("plain")


def test_markup_is_text() -> None:
    text = "[red]a[/red] [link=https://evil.example]b[/link] :skull: {x} %s"
    assert text in shown(lambda: output.print_line(text), terminal=False)
    assert text in shown(lambda: EVERYWHERE["findings"](text), terminal=False)


@settings(max_examples=40)
@given(text=HOSTILE)
def test_json_says_what_was_there(text: str) -> None:
    seen = shown(lambda: output.print_json({"key": text}), terminal=True)
    assert json.loads(seen) == {"key": text}
