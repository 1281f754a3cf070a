"""`imagedrop check` and `init` of an image behind an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imagedrop_local.project_paths import SAMPLES
from tests.support.cli import Cli
from tests.support.web import Files, serving

SAMPLE = SAMPLES / "windows-server-2022.qcow2"
SIDECAR: dict[str, Any] = json.loads(Path(f"{SAMPLE}.json").read_text("utf-8"))
SECRET = "Signature=abcdefgh" * 20  # longer than a file's name may be


@pytest.fixture
def server() -> Iterator[Files]:
    with serving(SAMPLE.read_bytes(), "/golden/w%2D2022.qcow2") as made:
        yield made


@pytest.fixture
def url(server: Files) -> str:
    return f"{server.url}{server.path}?{SECRET}"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(capsys)


def test_check_says_of_an_address_what_it_says_of_the_file(cli: Cli, url: str) -> None:
    here, there = cli("check", SAMPLE, "--json"), cli("check", url, "--json")
    assert (there.code, there.err) == (here.code, "")
    assert [there.json[one] for one in ("facts", "sidecar")] == [here.json[one] for one in ("facts", "sidecar")]
    assert there.json["read"]["round_trips"] < there.json["read"]["gets"]


def test_the_query_is_never_shown(cli: Cli, server: Files, url: str) -> None:
    for fault in ("", "ignores ranges", "garbage", "cut off"):
        server.fault = fault
        for said in (cli("check", url), cli("check", url, "--json"), cli("init", url, "--output", "-")):
            assert (said.code == 2) == bool(fault)
            assert "Signature" not in said.out + said.err


def test_a_sidecar_from_a_file_is_judged_with_it(cli: Cli, url: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SIDECAR | {"min_disk": 20}))
    said = cli("check", url, "--sidecar", "s.json", "--json")
    assert said.code == 1
    assert "size.min_disk_small" in {finding["id"] for finding in said.json["findings"]}


def test_init_writes_the_sidecar_here_by_the_files_own_name(cli: Cli, url: str, tmp_path: Path) -> None:
    assert cli("init", url, "--owner-email", "ada@example.com").code == 0
    written = json.loads((tmp_path / "w-2022.qcow2.json").read_text("utf-8"))
    assert written["owner"]["email"] == "ada@example.com"


def test_a_data_image_is_looked_for_beside_the_image(cli: Cli, server: Files, url: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SIDECAR | {"data_images": [{"file": "data-1.vhd"}]}))
    said = cli("check", url.partition("?")[0], "--sidecar", "s.json", "--json")
    assert said.code == 1
    assert server.requests[-1][0] == "/golden/data-1.vhd"


def test_a_data_image_behind_a_signed_address_cannot_be_found(cli: Cli, url: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SIDECAR | {"data_images": [{"file": "data.vhd"}]}))
    said = cli("check", url, "--sidecar", "s.json")
    assert said.code == 2
    assert "data.vhd" in said.err
    assert "Signature" not in said.err


@pytest.mark.parametrize("path", ["", "/", "/folder/", "?x=/y"])
def test_an_address_that_names_no_file_is_refused(cli: Cli, server: Files, path: str) -> None:
    assert cli("check", server.url + path).code == 2
    assert server.requests == []


@pytest.mark.parametrize("path", ["/nothing.vhd", "/nothing.vhd?Signature=x"])
def test_a_file_that_is_not_there_is_one_line(cli: Cli, server: Files, path: str) -> None:
    said = cli("check", server.url + path)
    assert said.code == 2
    assert len(said.err.strip().splitlines()) == 1
    assert "Signature" not in said.err


def test_a_file_that_changes_meanwhile_is_said_to(cli: Cli, server: Files, url: str) -> None:
    server.changes_after = 3
    said = cli("check", url)
    assert said.code == 2
    assert "changed while it was read" in said.err
