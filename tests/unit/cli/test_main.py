"""What holds for every command: help, exit codes, one or two lines for whatever goes wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from imagedrop import __version__
from imagedrop_cli import docs_page
from imagedrop_cli.app import COMMANDS
from imagedrop_cli.output import printable
from imagedrop_local.project_paths import ROOT
from tests.support.cli import Cli

NAMES = list(COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_every_help_has_an_example(cli: Cli, name: str) -> None:
    said = cli(name, "--help")
    assert said.code == 0
    assert "Example" in said.out
    assert f"imagedrop {name}" in said.out.split("Example")[1]


def test_without_a_command_there_is_help(cli: Cli) -> None:
    said = cli()
    assert said.code == 2
    assert all(name in said.out for name in NAMES)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["chec"], "check"),
        (["check"], "IMAGE"),
        (["check", "a", "--jsn"], "--json"),
        (["check", "a", "b"], "b"),
        (["up", "--port", "many"], "--port"),
        (["invoke", "nothing", "e.json"], "validate"),
        (["up", "--port", "99999"], "65535"),
        (["up", "--obs-port", "-1"], "--obs-port"),
        (["cloud", "--smn-port", "65536"], "65535"),
        (["up", "--bucket", "Bad_Bucket!"], "Bad_Bucket!"),
        (["cloud", "--bucket", "Bad_Bucket!"], "Bad_Bucket!"),
        (["up", "--folder", __file__], "is a file"),
        (["cloud", "--folder", __file__], "is a file"),
        (["demo", "--folder", __file__], "is a file"),
        (["status", "--folder", __file__], "is a file"),
        (["up", "--time-scale", "inf"], "--time-scale"),
        (["cloud", "--push-to", "127.0.0.1:4583"], "--push-to"),
        (["up", "--obs-endpoint", "http://a:99999", "--ims-endpoint", "http://b"], "--obs-endpoint"),
    ],
)
def test_a_wrong_call_is_told_in_two_lines_and_exits_2(cli: Cli, arguments: list[str], word: str) -> None:
    said = cli(*arguments)
    assert (said.code, said.out) == (2, "")
    assert word in said.err
    assert 1 <= len(said.err.splitlines()) <= 2
    assert "Errno" not in said.err


def test_a_suggestion_has_one_stop(cli: Cli) -> None:
    assert "Did you mean 'invoke'?\n" in cli("invok").err


@pytest.mark.parametrize("arguments", [["check", "nowhere.vhd"], ["status", "KEY"], ["up", "--port", "many"]])
def test_whoever_reads_json_gets_json_from_what_fails_too(cli: Cli, arguments: list[str]) -> None:
    said = cli(*arguments, "--json")
    assert said.code == 2
    assert said.json.keys() == {"error"}
    assert said.err.startswith("imagedrop: " + said.json["error"])
    assert cli(*arguments).out == ""


def test_the_version(cli: Cli) -> None:
    assert cli("--version").out == f"imagedrop {__version__}\n"


def test_ctrl_c_exits_130_and_says_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imagedrop.sidecar.schema", interrupted)
    said = cli("schema")
    assert (said.code, said.out, said.err) == (130, "", "")


def test_what_nobody_has_foreseen_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagedrop.sidecar.schema", lambda: 1 // 0)
    said = cli("schema")
    assert (said.code, said.err) == (1, "imagedrop: ZeroDivisionError: integer division or modulo by zero\n")


def test_a_reader_that_goes_away_is_no_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        encoding = "utf-8"

        def write(self, text: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr(sys.stderr, "close", lambda: None)
    assert cli("schema").code == 1


def test_the_page_of_the_command_line_is_current() -> None:
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert written == docs_page.page(), "make pages"


def test_what_a_terminal_would_act_on_is_not_printed() -> None:
    assert printable("a\x1b[31mb\nc") == "a\N{REPLACEMENT CHARACTER}[31mb\nc"


def test_the_schema_is_the_sidecar_s(cli: Cli) -> None:
    import json

    import jsonschema

    schema = cli("schema").json
    jsonschema.Draft202012Validator.check_schema(schema)
    sample = json.loads(Path(ROOT / "samples" / "windows-server-2022.qcow2.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(sample)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"name": "w"})


@pytest.mark.parametrize("command", ["cloud", "up"])
def test_a_folder_that_cannot_be_is_named_without_python_s_words(cli: Cli, here: Path, command: str) -> None:
    (here / "file").touch()
    names = ("", "obs-", "ims-", "smn-", "intake-", "status-") if command == "up" else ("obs-", "ims-", "smn-")
    free = [part for name in names for part in (f"--{name}port", "0")]
    said = cli(command, "--folder", here / "file" / "sub", *free)
    assert (said.code, said.err) == (1, f"imagedrop: {here}/file/sub: Not a directory\n")
