from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from imagedrop_local.project_paths import SAMPLES
from tests.support.cli import Cli

SAMPLE = SAMPLES / "windows-server-2022.qcow2"


@pytest.fixture
def image(here: Path) -> Path:
    return Path(shutil.copy(SAMPLE, here / "w 2022.qcow2"))


def test_what_it_writes_passes_the_check(cli: Cli, image: Path) -> None:
    said = cli("init", image, "--owner-email", "ada@example.com")
    assert (said.code, said.out) == (0, "")
    written = json.loads(Path(f"{image}.json").read_text("utf-8"))
    assert (written["name"], written["owner"]["email"]) == ("w-2022", "ada@example.com")
    assert (written["min_disk"], written["hw_firmware_type"]) == (40, "uefi")
    assert (written["os_version"], written["architecture"]) == ("Windows Server 2022 Datacenter 64bit", "x86")
    moved = image.rename(image.with_name("w.qcow2"))
    assert cli("check", moved, "--sidecar", f"{image}.json").code == 0


def test_a_file_name_that_says_nothing_gives_way_to_what_is_inside(cli: Cli, image: Path) -> None:
    disk = image.rename(image.with_name("disk-0.qcow2"))
    assert cli("init", disk, "--output", "-").json["name"].startswith("Windows-Server-2022-Datacenter-20348")


def test_without_an_owner_it_says_so_and_nobody_takes_the_sidecar(cli: Cli, image: Path) -> None:
    said = cli("init", image, "--name", "golden")
    assert (said.code, "owner" in said.err) == (0, True)
    refused = cli("check", image, "--sidecar", f"{image}.json", "--json")
    errors = [one for one in refused.json["findings"] if one["id"].startswith("sidecar.")]
    assert (refused.code, [one["field"] for one in errors]) == (1, ["/owner/email"])
    filled = Path(f"{image}.json").read_text("utf-8").replace("FILL-IN", "ada@example.com")
    Path(f"{image}.json").write_text(filled)
    moved = image.rename(image.with_name("w.qcow2"))
    assert cli("check", moved, "--sidecar", f"{image}.json").code == 0


def test_nothing_is_overwritten_unasked(cli: Cli, image: Path) -> None:
    Path(f"{image}.json").write_text("mine")
    refused = cli("init", image)
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert Path(f"{image}.json").read_text() == "mine"
    assert cli("init", image, "--force").code == 0
    assert Path(f"{image}.json").read_text() != "mine"


def test_on_stdout_is_json_alone(cli: Cli, image: Path) -> None:
    said = cli("init", image, "--output", "-", "--name", "golden")
    assert said.json["name"] == "golden"
    assert "put the owner's address there" in said.err
    assert not Path(f"{image}.json").exists()


@pytest.mark.parametrize("wrong", [("--owner-email", "nobody"), ("--name", "a/b")])
def test_a_wrong_option_is_told_and_nothing_written(cli: Cli, image: Path, wrong: tuple[str, str]) -> None:
    said = cli("init", image, *wrong)
    assert (said.code, len(said.err.splitlines())) == (2, 1)
    assert not Path(f"{image}.json").exists()


def test_a_folder_that_is_not_there_is_told(cli: Cli, image: Path) -> None:
    said = cli("init", image, "--output", "nowhere/w.json")
    assert (said.code, said.err) == (2, "imagedrop: nowhere/w.json: No such file or directory\n")
