"""What is said and how a command ends: answers on stdout, everything else on stderr, and the exit codes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from imagedrop.common.display_text import one_line

OK, FAILED, USAGE = 0, 1, 2
NO_WRAP_WIDTH = 10_000  # characters: where there is no terminal, whoever reads breaks the lines


class CommandError(Exception):
    """Ends the command with a message of one or two lines. `answered`: stdout has its JSON already."""

    def __init__(self, message: str, code: int = FAILED, *, answered: bool = False) -> None:
        super().__init__(message)
        self.message, self.code, self.answered = message, code, answered


class Screen(Console):
    """Whatever is printed on it, wherever it stands: only rich's own codes act on the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def console(*, stderr: bool = False) -> Console:
    """For people. Nothing in a text is taken for markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else NO_WRAP_WIDTH
    return Screen(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_line(text: str | Text = "", style: str | None = None) -> None:
    """A line, as long as it is: what is to be copied is not broken."""
    console().print(printable(text) if isinstance(text, str) else text, style=style, soft_wrap=True)


def print_parts(parts: Iterable[Any], *, stderr: bool = False) -> None:
    """Tables and texts, one below the other, laid out for the width there is."""
    screen = console(stderr=stderr)
    for part in parts:
        if screen.is_terminal:
            screen.print(part)
            continue
        with screen.capture() as drawn:
            screen.print(part)
        screen.file.write("".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines()))
    screen.file.flush()


def print_note(text: str) -> None:
    """On stderr, so that stdout stays what was asked for."""
    console(stderr=True).print(printable(text), soft_wrap=True)


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """ASCII, whatever the terminal can show: keys may hold anything."""
    sys.stdout.write(json.dumps(value, indent=indent) + "\n")
    sys.stdout.flush()


def print_error(message: str) -> None:
    console(stderr=True).print(Text.assemble(("imagedrop: ", "bold red"), printable(message)), soft_wrap=True)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def printable(text: str) -> str:
    """Text without what a terminal would act on. Line ends stay, for they may be ours; foreign text: plain.one_line."""
    return "\n".join(map(one_line, text.split("\n")))


def escape_unencodable(stream: Any) -> None:
    """A character that the terminal's encoding lacks is no reason to end."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
