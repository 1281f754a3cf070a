from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagedrop_local.project_paths import SAMPLES
from tests.support.cli import Cli

SAMPLE = SAMPLES / "windows-server-2022.qcow2"


def ids(output: dict[str, Any]) -> set[str]:
    return {finding["id"] for finding in output["findings"]}


def test_check_prints_facts_as_json(cli: Cli) -> None:
    result = cli("check", SAMPLE, "--json")
    assert (result.code, result.err) == (0, "")
    assert set(result.json) == {"facts", "findings", "sidecar", "read"}
    facts = result.json["facts"]
    assert (facts["format"], facts["virtual_size"], facts["file_size"]) == ("qcow2", 40 << 30, SAMPLE.stat().st_size)
    assert (facts["partition_table"], len(facts["partitions"]), facts["hw_firmware_type"]) == ("gpt", 4, "uefi")
    assert set(result.json["read"]) == {"gets", "bytes", "round_trips", "seconds"}
    assert 0 < result.json["read"]["bytes"] < 4 << 20


def test_check_prints_facts_as_text(cli: Cli) -> None:
    result = cli("check", SAMPLE)
    assert (result.code, result.err) == (0, "")
    for word in ("qcow2", "40 GiB", "UEFI", "gpt", "efi_system", "ntfs", "no errors", "build 20348", "viostor boot"):
        assert word in result.out
    assert f"To check it: --sidecar {SAMPLE}.json" in result.out


def test_check_reads_a_sidecar_only_with_the_option(cli: Cli, here: Path) -> None:
    shutil.copy(SAMPLE, here / "w.qcow2")
    (here / "w.qcow2.json").write_text("no json")
    assert cli("check", "w.qcow2").code == 0
    assert cli("check", "w.qcow2", "--sidecar", "w.qcow2.json").code == 1


def test_check_compares_image_and_sidecar(cli: Cli, here: Path) -> None:
    fields = json.loads(Path(f"{SAMPLE}.json").read_text("utf-8")) | {"min_disk": 20, "hw_firmware_type": "bios"}
    (here / "s.json").write_text(json.dumps(fields))
    result = cli("check", SAMPLE, "--sidecar", "s.json", "--json")
    assert result.code == 1
    assert "size.min_disk_small" in ids(result.json)
    assert result.json["sidecar"]["min_disk"] == 20


def test_check_prints_the_filled_in_sidecar(cli: Cli) -> None:
    result = cli("check", SAMPLE, "--sidecar", f"{SAMPLE}.json", "--json")
    assert result.code == 0
    assert (result.json["sidecar"]["architecture"], result.json["sidecar"]["type"]) == ("x86", "ECS")


def test_check_finds_data_images_in_the_folder_of_the_image(cli: Cli, here: Path) -> None:
    shutil.copy(SAMPLE, here / "w.qcow2")
    fields = {"name": "w", "owner": {"email": "a@example.com"}, "os_type": "Windows"}
    (here / "s.json").write_text(json.dumps({**fields, "data_images": [{"file": "data.qcow2"}]}))
    assert cli("check", "w.qcow2", "--sidecar", "s.json").code == 1
    shutil.copy(SAMPLE, here / "data.qcow2")
    assert cli("check", "w.qcow2", "--sidecar", "s.json").code == 0


def test_check_reports_all_errors_of_a_sidecar(cli: Cli, here: Path) -> None:
    (here / "s.json").write_text('{"name": "w", "oner": {}, "min_disk": "forty"}')
    result = cli("check", SAMPLE, "--sidecar", "s.json", "--json")
    assert result.code == 1
    assert len([finding for finding in result.json["findings"] if finding["severity"] == "error"]) == 3


@pytest.mark.parametrize("missing", ["nowhere.vhd", ".", "obs://drops", "obs:///w.vhd", "a\0b"])
def test_check_of_an_unreadable_image_prints_one_line_and_exits_2(cli: Cli, missing: str) -> None:
    result = cli("check", missing, "--json")
    assert (result.code, len(result.json["error"].splitlines()), len(result.err.splitlines())) == (2, 1, 1)


def test_check_refuses_a_pipe_without_reading_it(cli: Cli, here: Path) -> None:
    os.mkfifo(here / "pipe")
    assert cli("check", "pipe").code == 2


def test_check_with_a_missing_sidecar_prints_one_line_and_exits_2(cli: Cli) -> None:
    result = cli("check", SAMPLE, "--sidecar", "nowhere.json")
    assert (result.code, result.out, result.err) == (2, "", "imagedrop: nowhere.json: No such file or directory\n")


def test_check_escapes_a_file_name_that_is_not_utf8(cli: Cli, here: Path) -> None:
    name = os.fsdecode(b"w\xff\x1b[31m.qcow2")
    shutil.copy(SAMPLE, here / name)
    for options in ((), ("--json",)):
        result = cli("check", name, *options)
        assert result.code in (0, 1)
        assert "\x1b[31m" not in result.out + result.err


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(start=st.sampled_from([b"", b"QFI\xfb", b"vhdxfile", b"KDMV", b"conectix", b"QED\0", b"\0" * 510 + b"\x55\xaa"]),
       rest=st.binary(max_size=3000), name=st.sampled_from(["w.vhd", "w.qcow2", "w.raw", "w"]))  # fmt: skip
def test_check_prints_json_for_any_content(cli: Cli, here: Path, start: bytes, rest: bytes, name: str) -> None:
    (here / name).write_bytes(start + rest)
    result = cli("check", name, "--json")
    assert (result.code in (0, 1), result.err) == (True, "")
    assert set(result.json) == {"facts", "findings", "sidecar", "read"}
    assert result.code == int(any(finding["severity"] == "error" for finding in result.json["findings"]))
