"""docs/cli.md: every command's help. `python -m imagedrop_cli.docs_page > docs/cli.md`."""

from __future__ import annotations

import os
import sys
from typing import Any
from unittest import mock

import typer

from imagedrop_cli.app import app

HEAD = """# The command line

<!-- Generated: python -m imagedrop_cli.docs_page > docs/cli.md -->

Exit codes: 0 well, 1 not (each command says what that means), 2 nothing was tried because of how it was called or of
what could not be read, 130 ended by Ctrl-C or SIGTERM. Answers go to stdout, everything else to stderr; with `--json`
stdout is JSON and nothing else: `{"error": "..."}` where the command has no other answer.

## Where things are

**A stack on this machine**: `--folder`, else `IMAGEDROP_FOLDER`, is that stack and no other. Where neither is given,
the environment counts if it says anything, else the stack that runs on `./.imagedrop`.

**OBS**: `IMAGEDROP_REGION` or `IMAGEDROP_OBS_ENDPOINT`. Keys: `HUAWEICLOUD_SDK_AK`, `HUAWEICLOUD_SDK_SK` and, if
temporary, `HUAWEICLOUD_SDK_SECURITY_TOKEN`; without them `AWS_ACCESS_KEY_ID` and so on. The bucket: `--bucket`, else
`IMAGEDROP_DROP_BUCKET`.

**Ledger and queues**: `IMAGEDROP_LEDGER_TABLE`, `IMAGEDROP_DROPS_QUEUE` and AWS's own variables.

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
