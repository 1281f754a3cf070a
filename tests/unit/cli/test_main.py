"""What all commands share: help, exit codes, errors of one or two lines."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from docs_pages import cli
from imagedrop import __version__
from imagedrop_cli.app import COMMANDS
from imagedrop_cli.output import printable
from imagedrop_local.project_paths import ROOT
from tests.support.cli import Cli

NAMES = list(COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_every_help_page_has_an_example(cli: Cli, name: str) -> None:
    result = cli(name, "--help")
    assert result.code == 0
    assert "Example" in result.out
    assert f"imagedrop {name}" in result.out.split("Example")[1]


def test_no_command_prints_help_and_exits_2(cli: Cli) -> None:
    result = cli()
    assert result.code == 2
    assert all(name in result.out for name in NAMES)


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
def test_bad_arguments_print_at_most_two_lines_and_exit_2(cli: Cli, arguments: list[str], word: str) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert word in result.err
    assert 1 <= len(result.err.splitlines()) <= 2
    assert "Errno" not in result.err


def test_suggestion_ends_with_one_punctuation_mark(cli: Cli) -> None:
    assert "Did you mean 'invoke'?\n" in cli("invok").err


@pytest.mark.parametrize("arguments", [["check", "nowhere.vhd"], ["status", "KEY"], ["up", "--port", "many"]])
def test_errors_are_printed_as_json_with_the_json_option(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments, "--json")
    assert result.code == 2
    assert result.json.keys() == {"error"}
    assert result.err.startswith("imagedrop: " + result.json["error"])
    assert cli(*arguments).out == ""


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"imagedrop {__version__}\n"


def test_ctrl_c_exits_130_without_output(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imagedrop.sidecar.schema", interrupted)
    result = cli("schema")
    assert (result.code, result.out, result.err) == (130, "", "")


def test_unexpected_exception_is_printed_on_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagedrop.sidecar.schema", lambda: 1 // 0)
    result = cli("schema")
    assert (result.code, result.err) == (1, "imagedrop: ZeroDivisionError: integer division or modulo by zero\n")


def test_closed_pipe_exits_1_without_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        encoding = "utf-8"

        def write(self, text: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr(sys.stderr, "close", lambda: None)
    assert cli("schema").code == 1


def test_docs_page_is_current() -> None:
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert written == cli.page(), "make pages"


def test_printable_replaces_control_characters() -> None:
    assert printable("a\x1b[31mb\nc") == "a\N{REPLACEMENT CHARACTER}[31mb\nc"


def test_schema_accepts_the_sample_sidecar_and_refuses_an_incomplete_one(cli: Cli) -> None:
    import json

    import jsonschema

    schema = cli("schema").json
    jsonschema.Draft202012Validator.check_schema(schema)
    sample = json.loads(Path(ROOT / "samples" / "windows-server-2022.qcow2.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(sample)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"name": "w"})


@pytest.mark.parametrize("command", ["cloud", "up"])
def test_folder_below_a_file_prints_a_plain_error(cli: Cli, here: Path, command: str) -> None:
    (here / "file").touch()
    names = ("", "obs-", "ims-", "smn-", "intake-", "status-") if command == "up" else ("obs-", "ims-", "smn-")
    free = [part for name in names for part in (f"--{name}port", "0")]
    result = cli(command, "--folder", here / "file" / "sub", *free)
    assert (result.code, result.err) == (1, f"imagedrop: {here}/file/sub: Not a directory\n")
