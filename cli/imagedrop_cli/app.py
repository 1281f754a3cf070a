"""`imagedrop`: its commands, and how whatever goes wrong ends: one or two lines on stderr and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer import _click  # typer carries its own click and names its usage errors nowhere else
from typer.core import TyperGroup

from imagedrop import __version__
from imagedrop_cli.main import INTERRUPTED, at_once
from imagedrop_cli.output import (
    FAILED,
    OK,
    USAGE,
    CommandError,
    escape_unencodable,
    print_error,
    print_json,
    print_line,
)

HELP = {"help_option_names": ["-h", "--help"]}
# The function `demo` of the module `demo`, and so on: read when it is called for, because some are large.
COMMANDS = {
    "demo": "Watch a drop go the whole way on this machine.",
    "check": "Judge an image before it is dropped.",
    "init": "Write the sidecar that matches an image.",
    "drop": "Check, upload, and follow to the end.",
    "status": "What every drop is doing, or one drop's story.",
    "redrive": "Set a rejected or failed drop going again.",
    "up": "Everything on this machine, until Ctrl-C.",
    "cloud": "Only the simulated Huawei side.",
    "invoke": "One function on one event, in this process.",
    "schema": "The sidecar's JSON Schema.",
}


@cache
def command(name: str) -> Any:
    with at_once():
        module = import_module(f"imagedrop_cli.{name}")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, short_help=COMMANDS[name], context_settings=HELP)(getattr(module, name))
    return typer.main.get_command(alone)


class Commands(MutableMapping[str, Any]):
    """What click looks commands up in."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        return command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError("the commands are those that there are")

    __delitem__ = __setitem__  # type: ignore[assignment]


class Group(TyperGroup):
    """Help that reads no command."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Commands()

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name="imagedrop",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings=HELP,
)


def _version(wanted: bool) -> None:
    if wanted:
        print_line(f"imagedrop {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Drop a disk image and a small JSON file into a Huawei Cloud OBS bucket; get a private IMS image, and a mail.

    \b
    See it happen on this machine:   imagedrop demo
    Judge an image before it goes:   imagedrop check disk.vhdx
    Write its sidecar:               imagedrop init disk.vhdx --owner-email ada@example.com
    Drop both, and follow them:      imagedrop drop disk.vhdx --wait
    """


def main(arguments: Sequence[str]) -> int:
    """Runs a command; its exit code."""
    escape_unencodable(sys.stdout)
    escape_unencodable(sys.stderr)
    try:
        return _run(arguments)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads: nothing more is said, not by the interpreter either
        return FAILED


def _run(arguments: Sequence[str]) -> int:
    try:
        code = app(list(arguments), prog_name="imagedrop", standalone_mode=False)
    except _click.exceptions.NoArgsIsHelpError as help_page:
        print_line(help_page.format_message())
        return USAGE
    except _click.exceptions.UsageError as error:
        path = error.ctx.command_path if error.ctx else "imagedrop"
        return _failed(CommandError(f"{_sentence(error.format_message())}\nTry: {path} --help", USAGE), arguments)
    except CommandError as stop:
        return _failed(stop, arguments)
    except (BrokenPipeError, typer.Abort):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody wants to see a trace
        return _failed(CommandError(f"{type(error).__name__}: {error}"), arguments)
    return code if isinstance(code, int) else OK


def _failed(stop: CommandError, arguments: Sequence[str]) -> int:
    """For people on stderr; whoever reads JSON gets JSON."""
    print_error(stop.message)
    if "--json" in arguments and not stop.answered:
        print_json({"error": stop.message}, indent=None)
    return stop.code


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
