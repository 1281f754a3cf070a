"""`imagedrop demo`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from imagedrop_cli import connections, render
from imagedrop_cli.drop_progress import StepPrinter, Stopwatch
from imagedrop_cli.output import CommandError, print_json, print_line, print_parts
from imagedrop_cli.run_until_stopped import ignoring_interrupts
from imagedrop_cli.upload import Uploader
from imagedrop_local.local_stack import LocalStack
from imagedrop_local.machine import CannotStart
from imagedrop_local.project_paths import SAMPLES

SAMPLE = SAMPLES / "windows-server-2022.qcow2"
KEY = f"golden/{SAMPLE.name}"
TIMEOUT = 90.0  # s; usually about 10 are needed


def demo(
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Default: a temporary folder, kept only if the demo fails."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result file and the mail as JSON.")] = False,
) -> None:
    """Run the sample image through the whole workflow, on this machine.

    Starts the local stack on free ports, uploads the sample image and its sidecar to the simulated OBS, prints each
    step, and stops the stack. Needs no account and no network. Exit codes: 0 image registered; 1 failed.

    \b
    Example:
      imagedrop demo
    """
    elapsed = Stopwatch()
    home = folder or Path(tempfile.mkdtemp(prefix="imagedrop-"))
    keep = folder is not None
    try:
        registered = _run(LocalStack(home), elapsed, quiet=json)
        keep = keep or not registered
    except Exception:
        keep = True  # for its logs
        raise
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    if not registered:
        raise CommandError(f"the demo failed; logs: {home}", json_printed=json)


def _run(local: LocalStack, elapsed: Stopwatch, *, quiet: bool) -> bool:
    """Whether the image was registered."""
    steps = StepPrinter(local, KEY, elapsed, quiet=quiet)
    try:
        local.start()
        steps.print_step("up", "OBS, IMS and SMN are simulated; Lambda, SQS, DynamoDB, SNS and SES run locally")
        _upload_sample(steps, local.addresses)
        result = steps.wait_for_result(TIMEOUT)
        mail = steps.wait_for_mail() if result else None
    except CannotStart as error:
        raise CommandError(str(error)) from None
    finally:
        with ignoring_interrupts():
            local.stop()
    if quiet:
        print_json({"result": result, "mail": mail, "seconds": round(elapsed(), 1)})
    else:
        _print_end(result, mail, elapsed)
    return result is not None and result["stage"] == "registered"


def _upload_sample(steps: StepPrinter, addresses: dict[str, Any]) -> None:
    uploader = Uploader(connections.obs_of_stack(addresses).client(), addresses["obs"]["bucket"])
    size = render.size(SAMPLE.stat().st_size)
    steps.print_step("dropped", f"obs://{addresses['obs']['bucket']}/{KEY}, {size}, and its sidecar")
    uploader.upload_file(SAMPLE, KEY, lambda count: None)
    uploader.put_json(f"{KEY}.json", Path(f"{SAMPLE}.json").read_bytes())


def _print_end(result: dict[str, Any] | None, mail: dict[str, Any] | None, elapsed: Stopwatch) -> None:
    if mail is not None:
        print_line(f"\nMail to {mail['To'][0]}: {mail['Subject']}\n", style="bold")
        for line in mail["BodyText"].rstrip().splitlines():
            print_line(f"  {line}".rstrip())
    if result is not None:
        print_line()
        print_parts(render.drop_result({**result, "findings": []}))
        print_line(f"Finished in {elapsed():.1f} s.", style="dim")
