"""Ctrl-C and SIGTERM while modules are imported; the signal is sent by the import of a certain module."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from imagedrop_local.project_paths import ROOT
from tests.support.signals import default_sigint

PACKAGES = os.pathsep.join(str(ROOT / folder) for folder in ("layers/core", "local", "cli"))
STARTER = """
import os, sys
from imagedrop_cli.main import run

module, number = sys.argv.pop(1), int(sys.argv.pop(1))

class SendSignal:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, SendSignal())
run()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["imagedrop_cli.app", "typer", "imagedrop_cli.schema", "pydantic"])
def test_interrupt_during_imports_exits_130_without_output(module: str, number: int) -> None:
    with default_sigint():
        process = subprocess.run(
            [sys.executable, "-c", STARTER, module, str(int(number)), "schema"],
            env=os.environ | {"PYTHONPATH": PACKAGES},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (process.returncode, process.stdout, process.stderr) == (130, "", "")


def test_help_imports_no_command() -> None:
    code = "import sys; from imagedrop_cli.app import main; main(['--help']); print(*sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": PACKAGES},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Retry a rejected or failed drop." in process.stdout
    imported = set(process.stdout.splitlines()[-1].split())
    assert "imagedrop_cli.output" in imported
    assert not imported & {"boto3", "pydantic", "imagedrop_cli.redrive", "imagedrop_local"}
