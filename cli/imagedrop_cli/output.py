"""Printing and exit codes: answers go to stdout, everything else to stderr."""

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

OK, FAILED, BAD_INPUT = 0, 1, 2  # exit codes
NO_WRAP_WIDTH = 10_000  # characters: without a terminal, lines are not wrapped


class CommandError(Exception):
    """Ends the command with a message of one or two lines. `json_printed`: the JSON answer is on stdout already."""

    code = FAILED

    def __init__(self, message: str, *, json_printed: bool = False) -> None:
        super().__init__(message)
        self.message, self.json_printed = message, json_printed


class InputError(CommandError):
    """Bad arguments or unreadable input: nothing was done."""

    code = BAD_INPUT


class Screen(Console):
    """Replaces control characters in every text, so that only rich's own codes reach the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def console(*, stderr: bool = False) -> Console:
    """For people. Markup in a text is printed as it is."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else NO_WRAP_WIDTH
    return Screen(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_line(text: str | Text = "", style: str | None = None) -> None:
    """Prints a line without wrapping it, so that commands and addresses can be copied."""
    console().print(printable(text) if isinstance(text, str) else text, style=style, soft_wrap=True)


def print_parts(parts: Iterable[RenderableType], *, stderr: bool = False) -> None:
    """Prints tables and texts one below the other, at the width of the terminal."""
    screen = console(stderr=stderr)
    for part in parts:
        if screen.is_terminal:
            screen.print(part)
            continue
        with screen.capture() as captured:
            screen.print(part)
        screen.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    screen.file.flush()


def print_note(text: str) -> None:
    """Prints on stderr, so that stdout has nothing but the answer."""
    console(stderr=True).print(printable(text), soft_wrap=True)


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Prints ASCII only: keys may hold characters that the terminal cannot encode."""
    sys.stdout.write(json.dumps(value, indent=indent) + "\n")
    sys.stdout.flush()


def print_error(message: str) -> None:
    console(stderr=True).print(Text.assemble(("imagedrop: ", "bold red"), printable(message)), soft_wrap=True)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def printable(text: str) -> str:
    """Replaces control characters but keeps line ends. For text from outside, use `display_text.one_line`."""
    return "\n".join(map(one_line, text.split("\n")))


def escape_unencodable(stream: Any) -> None:
    """Prints a character that the encoding lacks as an escape, instead of raising UnicodeEncodeError."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
