"""The command line, called in this process."""

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
    """`cli("check", path)`; `more` goes after every command's arguments."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *more: str) -> None:
        self._capsys, self._more = capsys, more

    def __call__(self, *arguments: object) -> CliResult:
        self._capsys.readouterr()
        code = main([*map(str, arguments), *self._more])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return CliResult(code, said.out, said.err)
