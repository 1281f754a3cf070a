"""Ctrl-C and SIGTERM while a command is still being read from disk: the signal comes with a certain import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from imagedrop_local.project_paths import ROOT
from tests.support.signals import ctrl_c_is_heard

PACKAGES = os.pathsep.join(str(ROOT / folder) for folder in ("layers/core", "local", "cli"))
STARTER = """
import os, sys
from imagedrop_cli.main import run

module, number = sys.argv.pop(1), int(sys.argv.pop(1))

class Strike:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, Strike())
run()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["imagedrop_cli.app", "typer", "imagedrop_cli.schema", "pydantic"])
def test_who_ends_it_while_it_starts_sees_no_trace(module: str, number: int) -> None:
    with ctrl_c_is_heard():
        ended = subprocess.run(
            [sys.executable, "-c", STARTER, module, str(int(number)), "schema"],
            env=os.environ | {"PYTHONPATH": PACKAGES},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_help_reads_no_command() -> None:
    code = "import sys; from imagedrop_cli.app import main; main(['--help']); print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": PACKAGES},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Set a rejected or failed drop going again." in said.stdout
    read = set(said.stdout.splitlines()[-1].split())
    assert "imagedrop_cli.output" in read
    assert not read & {"boto3", "pydantic", "imagedrop_cli.redrive", "imagedrop_local"}
