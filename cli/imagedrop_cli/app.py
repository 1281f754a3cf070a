"""`imagedrop`: its commands, and how whatever goes wrong ends: one or two lines on stderr and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import typer
from typer import _click  # typer carries its own click and names its usage errors nowhere else

from imagedrop import __version__
from imagedrop_cli import check, cloud, demo, drop, init, invoke, redrive, schema, status, up
from imagedrop_cli.output import BAD, INTERRUPTED, OK, USAGE, Stop, complain, forgive, say

HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    name="imagedrop",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings=HELP,
)
COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (demo.demo, "Watch a drop go the whole way on this machine."),
    (check.check, "Judge an image before it is dropped."),
    (init.init, "Write the sidecar that matches an image."),
    (drop.drop, "Check, upload, and follow to the end."),
    (status.status, "What every drop is doing, or one drop's story."),
    (redrive.redrive, "Set a rejected or failed drop going again."),
    (up.up, "Everything on this machine, until Ctrl-C."),
    (cloud.cloud, "Only the simulated Huawei side."),
    (invoke.invoke, "One function on one event, in this process."),
    (schema.schema, "The sidecar's JSON Schema."),
)
for command, summary in COMMANDS:
    app.command(short_help=summary, context_settings=HELP)(command)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"imagedrop {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Drop a disk image and a small JSON file into a Huawei Cloud OBS bucket; get a private IMS image, and a mail.

    \b
    See it happen on this machine:   imagedrop demo
    Judge an image before it goes:   imagedrop check disk.vhdx
    Write its sidecar, and drop it:  imagedrop init disk.vhdx && imagedrop drop disk.vhdx --wait
    """


def run() -> None:
    """The entry point."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Runs a command; its exit code."""
    forgive(sys.stdout)
    forgive(sys.stderr)
    try:
        code = app(list(arguments), prog_name="imagedrop", standalone_mode=False)
    except _click.exceptions.NoArgsIsHelpError as help_page:
        say(help_page.format_message())
        return USAGE
    except _click.exceptions.UsageError as error:
        path = error.ctx.command_path if error.ctx else "imagedrop"
        complain(f"{error.format_message().rstrip('.')}.\nTry: {path} --help")
        return USAGE
    except Stop as stop:
        complain(stop.message)
        return stop.code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads: nothing more is said, not by the interpreter either
        return BAD
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody wants to see a trace
        complain(f"{type(error).__name__}: {error}")
        return BAD
    return code if isinstance(code, int) else OK
