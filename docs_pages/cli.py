"""Generates docs/cli.md from the help of every command: `python -m docs_pages.cli > docs/cli.md`."""

from __future__ import annotations

import os
import sys
from typing import Any
from unittest import mock

import typer

from imagedrop_cli.app import app

HEAD = """# The command line

<!-- Generated: python -m docs_pages.cli > docs/cli.md -->

Exit codes:

| code | meaning |
| --- | --- |
| 0 | success |
| 1 | failure (see each command) |
| 2 | bad arguments or unreadable input: nothing was done |
| 130 | stopped by Ctrl-C or SIGTERM; `up` and `cloud` end with 0 |

Results go to stdout, messages and errors to stderr. With `--json`, stdout has only JSON. If a command fails without a
result, it prints `{"error": "..."}`.

## Configuration

Commands that use OBS, the ledger or the queues find them in this order: `--folder`, `IMAGEDROP_FOLDER`, other
environment variables, then the stack in `./.imagedrop`. `--folder` and `IMAGEDROP_FOLDER` name the folder of a running
local stack.

* OBS: `IMAGEDROP_REGION` or `IMAGEDROP_OBS_ENDPOINT`.
* Keys of OBS: `HUAWEICLOUD_SDK_AK`, `HUAWEICLOUD_SDK_SK` and, for temporary keys, `HUAWEICLOUD_SDK_SECURITY_TOKEN`; or
  `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
* Bucket: `--bucket` or `IMAGEDROP_DROP_BUCKET`.
* Ledger and queues: `IMAGEDROP_LEDGER_TABLE`, `IMAGEDROP_DROPS_QUEUE` and AWS's own variables.

## imagedrop
"""


def page() -> str:
    group: Any = typer.main.get_command(app)
    with mock.patch.dict(os.environ, {"COLUMNS": "80"}):
        parts = [HEAD, _block(group, "imagedrop")]
        for name, command in group.commands.items():
            parts += [f"\n## imagedrop {name}\n", _block(command, f"imagedrop {name}")]
    return "\n".join(parts) + "\n"


def _block(command: Any, name: str) -> str:
    context = command.make_context(name, [], resilient_parsing=True, terminal_width=80)
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    return "```\n" + "\n".join(lines) + "\n```"


if __name__ == "__main__":
    sys.stdout.write(page())
