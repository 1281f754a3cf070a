from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.cli import Cli


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and none of the environment variables that the command reads."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("IMAGEDROP_", "HUAWEICLOUD_", "AWS_"))]:
        monkeypatch.delenv(name)
    return tmp_path
