"""`imagedrop invoke`."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from imagedrop_cli import connections, options
from imagedrop_cli.image_location import error_text
from imagedrop_cli.output import CommandError, InputError, print_json

LAMBDA_TIMEOUT = 900.0  # s, the longest that Lambda allows


def invoke(
    function: Annotated[
        str, typer.Argument(metavar="FUNCTION", help="intake, validate, register, poll, notify, sweep or status.")
    ],
    event: Annotated[Path, typer.Argument(metavar="EVENT.json", help="File with the event. - for stdin.")],
    folder: options.Folder = None,
) -> None:
    """Run one function with one event in this process, and print its answer.

    Uses the settings of the running stack, or the environment variables of this shell. The log goes to stderr.
    Because it is one process, you can use a debugger.

    \b
    Examples:
      imagedrop invoke sweep events/sweep-schedule.json
      imagedrop invoke validate events/validate-sqs.json | jq .batchItemFailures
    """
    from imagedrop_local import project_paths

    if function not in project_paths.NAMES:
        raise InputError(f"there is no function {function!r}: use one of {', '.join(project_paths.NAMES)}")
    body = _event(event)
    with connections.function_environment(function, folder), contextlib.redirect_stdout(sys.stderr):
        try:
            answer = project_paths.function(function).handler(body, Context(function))
        except Exception as error:
            raise CommandError(f"{function} raised {type(error).__name__}: {error}") from error
    print_json(answer)


def _event(path: Path) -> Any:
    try:
        return json.loads(sys.stdin.read() if str(path) == "-" else path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error_text(error)}") from None


class Context:
    """The context object that Lambda passes to a handler."""

    memory_limit_in_mb = 512

    def __init__(self, function: str) -> None:
        self.function_name, self.function_version = function, "$LATEST"
        self.invoked_function_arn = f"arn:aws:lambda:local:000000000000:function:{function}"
        self.aws_request_id = str(uuid.uuid4())
        self._end = time.monotonic() + LAMBDA_TIMEOUT

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * max(0.0, self._end - time.monotonic()))
