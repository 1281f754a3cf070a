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


def test_init_writes_a_sidecar_that_passes_check(cli: Cli, image: Path) -> None:
    result = cli("init", image, "--owner-email", "ada@example.com")
    assert (result.code, result.out) == (0, "")
    written = json.loads(Path(f"{image}.json").read_text("utf-8"))
    assert (written["name"], written["owner"]["email"]) == ("w-2022", "ada@example.com")
    assert (written["min_disk"], written["hw_firmware_type"]) == (40, "uefi")
    assert (written["os_version"], written["architecture"]) == ("Windows Server 2022 Datacenter 64bit", "x86")
    moved = image.rename(image.with_name("w.qcow2"))
    assert cli("check", moved, "--sidecar", f"{image}.json").code == 0


def test_init_names_the_image_after_its_windows_if_the_file_name_is_generic(cli: Cli, image: Path) -> None:
    disk = image.rename(image.with_name("disk-0.qcow2"))
    assert cli("init", disk, "--output", "-").json["name"].startswith("Windows-Server-2022-Datacenter-20348")


def test_init_without_owner_writes_a_sidecar_that_check_refuses(cli: Cli, image: Path) -> None:
    result = cli("init", image, "--name", "golden")
    assert (result.code, "owner" in result.err) == (0, True)
    refused = cli("check", image, "--sidecar", f"{image}.json", "--json")
    errors = [finding for finding in refused.json["findings"] if finding["id"].startswith("sidecar.")]
    assert (refused.code, [error["field"] for error in errors]) == (1, ["/owner/email"])
    filled = Path(f"{image}.json").read_text("utf-8").replace("FILL-IN", "ada@example.com")
    Path(f"{image}.json").write_text(filled)
    moved = image.rename(image.with_name("w.qcow2"))
    assert cli("check", moved, "--sidecar", f"{image}.json").code == 0


def test_init_overwrites_only_with_force(cli: Cli, image: Path) -> None:
    Path(f"{image}.json").write_text("mine")
    refused = cli("init", image)
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert Path(f"{image}.json").read_text() == "mine"
    assert cli("init", image, "--force").code == 0
    assert Path(f"{image}.json").read_text() != "mine"


def test_init_prints_only_json_on_stdout(cli: Cli, image: Path) -> None:
    result = cli("init", image, "--output", "-", "--name", "golden")
    assert result.json["name"] == "golden"
    assert "replace it with the owner's address" in result.err
    assert not Path(f"{image}.json").exists()


@pytest.mark.parametrize("wrong", [("--owner-email", "nobody"), ("--name", "a/b")])
def test_init_with_an_invalid_option_writes_nothing(cli: Cli, image: Path, wrong: tuple[str, str]) -> None:
    result = cli("init", image, *wrong)
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert not Path(f"{image}.json").exists()


def test_init_into_a_missing_folder_prints_one_line(cli: Cli, image: Path) -> None:
    result = cli("init", image, "--output", "nowhere/w.json")
    assert (result.code, result.err) == (2, "imagedrop: nowhere/w.json: No such file or directory\n")
