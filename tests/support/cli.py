"""Runs the command line in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from imagedrop_cli.app import main


@dataclass(frozen=True)
class CliResult:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cli:
    """`cli("check", path)`. `options` are added to every command."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *options: str) -> None:
        self._capsys, self._options = capsys, options

    def __call__(self, *arguments: object) -> CliResult:
        self._capsys.readouterr()
        code = main([*map(str, arguments), *self._options])
        output = self._capsys.readouterr()
        assert "Traceback" not in output.out + output.err
        return CliResult(code, output.out, output.err)
