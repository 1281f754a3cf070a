"""`imagedrop`: the list of commands, and error handling: every error is one or two lines on stderr and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer import _click  # typer bundles its own click; its usage errors have no public name
from typer.core import TyperGroup

from imagedrop import __version__
from imagedrop_cli.interrupts import INTERRUPTED, exit_on_interrupt
from imagedrop_cli.output import (
    BAD_INPUT,
    FAILED,
    OK,
    CommandError,
    InputError,
    escape_unencodable,
    print_error,
    print_json,
    print_line,
)

HELP = {"help_option_names": ["-h", "--help"]}
# Command `demo` is the function `demo` of the module `demo`, and so on; imported only when it runs, to start fast.
COMMANDS = {
    "demo": "Run the sample image through the whole workflow, on this machine.",
    "check": "Check an image before you drop it.",
    "init": "Write a sidecar for an image.",
    "drop": "Check and upload an image and its sidecar.",
    "status": "Show the state of all drops, or of one.",
    "redrive": "Retry a rejected or failed drop.",
    "adopt": "Make drops of images that lay in the bucket before.",
    "doctor": "Check an installation: settings, keys, bucket, IMS, mail.",
    "serve": "Run imagedrop on this machine with the real cloud.",
    "up": "Run imagedrop on this machine with a simulated cloud.",
    "cloud": "Run only the simulated Huawei Cloud.",
    "invoke": "Run one function with one event, in this process.",
    "schema": "Print the sidecar's JSON Schema.",
}


@cache
def load_command(name: str) -> Any:
    """The click command."""
    with exit_on_interrupt():
        module = import_module(f"imagedrop_cli.{name}")
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, short_help=COMMANDS[name], context_settings=HELP)(getattr(module, name))
    return typer.main.get_command(single)


class Commands(MutableMapping[str, Any]):
    """The mapping in which click finds commands by name."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        return load_command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError("commands cannot be added or removed")

    __delitem__ = __setitem__  # type: ignore[assignment]


class Group(TyperGroup):
    """Prints its help without importing any command."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
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


def _version(requested: bool) -> None:
    if requested:
        print_line(f"imagedrop {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Drop a disk image and a small JSON file into a Huawei Cloud OBS bucket; get a private IMS image, and a mail.

    \b
    Try it on this machine:          imagedrop demo
    Check an image:                  imagedrop check disk.vhdx
    Write its sidecar:               imagedrop init disk.vhdx --owner-email ada@example.com
    Upload both and wait:            imagedrop drop disk.vhdx --wait
    """


def main(arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit code."""
    escape_unencodable(sys.stdout)
    escape_unencodable(sys.stderr)
    try:
        return _run(arguments)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # so that the interpreter does not print the error again when it exits
        return FAILED


def _run(arguments: Sequence[str]) -> int:
    try:
        code = app(list(arguments), prog_name="imagedrop", standalone_mode=False)
    except _click.exceptions.NoArgsIsHelpError as help_page:
        print_line(help_page.format_message())
        return BAD_INPUT
    except _click.exceptions.UsageError as error:
        command = error.ctx.command_path if error.ctx else "imagedrop"
        return _fail(InputError(f"{_sentence(error.format_message())}\nTry: {command} --help"), arguments)
    except CommandError as error:
        return _fail(error, arguments)
    except (BrokenPipeError, typer.Abort):
        raise
    except Exception as error:  # noqa: BLE001 - users see one line, never a traceback
        return _fail(CommandError(f"{type(error).__name__}: {error}"), arguments)
    return code if isinstance(code, int) else OK


def _fail(error: CommandError, arguments: Sequence[str]) -> int:
    """Prints the error on stderr and, with --json, as JSON on stdout."""
    print_error(error.message)
    if "--json" in arguments and not error.json_printed:
        print_json({"error": error.message}, indent=None)
    return error.code


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
