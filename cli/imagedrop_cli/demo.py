"""`imagedrop demo`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from imagedrop_cli import connections, render
from imagedrop_cli.drop_progress import StepPrinter, Stopwatch
from imagedrop_cli.output import FAILED, CommandError, print_json, print_line, print_parts
from imagedrop_cli.run_until_stopped import ignoring_interrupts
from imagedrop_cli.upload import Uploader
from imagedrop_local.local_stack import CannotStart, LocalStack
from imagedrop_local.project_paths import SAMPLES

SAMPLE = SAMPLES / "windows-server-2022.qcow2"
KEY = f"golden/{SAMPLE.name}"
TIMEOUT = 90.0  # s; it takes some ten


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Default: a temporary one, kept only if it goes wrong."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The result file and the mail, at the end.")] = False,
) -> None:
    """Watch a drop go the whole way on this machine: from the bucket to a registered image and a mail to its owner.

    Starts the stack on free ports, uploads the sample image and its sidecar through OBS, and shows every step with
    its time. Nothing is asked of any cloud, and nothing is left running.

    \b
    Example:
      imagedrop demo
    """
    clock = Stopwatch()
    home = folder or Path(tempfile.mkdtemp(prefix="imagedrop-"))
    keep = folder is not None
    try:
        well = _show(LocalStack(home), clock, quiet=json)
        keep = keep or not well
    except Exception:
        keep = True  # the logs tell why
        raise
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    if not well:
        raise CommandError(f"the demo did not reach its end; the logs are in {home}", FAILED, answered=json)


def _show(local: LocalStack, clock: Stopwatch, *, quiet: bool) -> bool:
    steps = StepPrinter(local, KEY, clock, quiet=quiet)
    try:
        local.start()
        steps.tell("up", "OBS, IMS and SMN simulated; SQS, Lambda, DynamoDB, SNS and SES embedded")
        _drop(steps, local.addresses)
        result = steps.watch(TIMEOUT)
        mail = steps.mail() if result else None
    except CannotStart as error:
        raise CommandError(str(error), FAILED) from None
    finally:
        with ignoring_interrupts():
            local.stop()
    if quiet:
        print_json({"result": result, "mail": mail, "seconds": round(clock(), 1)})
    else:
        _end(result, mail, clock)
    return result is not None and result["stage"] == "registered"


def _drop(steps: StepPrinter, addresses: dict[str, Any]) -> None:
    uploader = Uploader(connections.obs_of_stack(addresses).client(), addresses["obs"]["bucket"])
    size = render.size(SAMPLE.stat().st_size)
    steps.tell("dropped", f"obs://{addresses['obs']['bucket']}/{KEY}, {size}, and its sidecar")
    uploader.file(SAMPLE, KEY, lambda count: None)
    uploader.text(f"{KEY}.json", Path(f"{SAMPLE}.json").read_bytes())


def _end(result: dict[str, Any] | None, mail: dict[str, Any] | None, clock: Stopwatch) -> None:
    if mail is not None:
        print_line(f"\nThe mail to {mail['To'][0]}: {mail['Subject']}\n", style="bold")
        for line in mail["BodyText"].rstrip().splitlines():
            print_line(f"  {line}")
    if result is not None:
        print_line()
        print_parts(render.drop_result({**result, "findings": []}))
        print_line(f"in {clock():.1f} s", style="dim")
