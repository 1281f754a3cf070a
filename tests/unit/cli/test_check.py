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


def ids(said: dict[str, Any]) -> set[str]:
    return {finding["id"] for finding in said["findings"]}


def test_the_facts_of_a_file_as_json(cli: Cli) -> None:
    said = cli("check", SAMPLE, "--json")
    assert (said.code, said.err) == (0, "")
    assert set(said.json) == {"facts", "findings", "sidecar", "read"}
    facts = said.json["facts"]
    assert (facts["format"], facts["virtual_size"], facts["file_size"]) == ("qcow2", 40 << 30, SAMPLE.stat().st_size)
    assert (facts["partition_table"], len(facts["partitions"]), facts["hw_firmware_type"]) == ("gpt", 4, "uefi")
    assert set(said.json["read"]) == {"gets", "bytes", "round_trips", "seconds"}
    assert 0 < said.json["read"]["bytes"] < 4 << 20


def test_the_facts_of_a_file_for_a_person(cli: Cli) -> None:
    said = cli("check", SAMPLE)
    assert (said.code, said.err) == (0, "")
    for word in ("qcow2", "40 GiB", "UEFI", "gpt", "efi_system", "ntfs", "no errors", "build 20348", "viostor boot"):
        assert word in said.out
    assert f"add --sidecar {SAMPLE}.json" in said.out


def test_a_sidecar_beside_the_image_is_not_read_unless_it_is_named(cli: Cli, here: Path) -> None:
    shutil.copy(SAMPLE, here / "w.qcow2")
    (here / "w.qcow2.json").write_text("no json")
    assert cli("check", "w.qcow2").code == 0
    assert cli("check", "w.qcow2", "--sidecar", "w.qcow2.json").code == 1


def test_image_and_sidecar_are_judged_together(cli: Cli, here: Path) -> None:
    fields = json.loads(Path(f"{SAMPLE}.json").read_text("utf-8")) | {"min_disk": 20, "hw_firmware_type": "bios"}
    (here / "s.json").write_text(json.dumps(fields))
    said = cli("check", SAMPLE, "--sidecar", "s.json", "--json")
    assert said.code == 1
    assert "size.min_disk_small" in ids(said.json)
    assert said.json["sidecar"]["min_disk"] == 20


def test_a_good_sidecar_comes_back_filled_in(cli: Cli) -> None:
    said = cli("check", SAMPLE, "--sidecar", f"{SAMPLE}.json", "--json")
    assert said.code == 0
    assert (said.json["sidecar"]["architecture"], said.json["sidecar"]["type"]) == ("x86", "ECS")


def test_what_the_sidecar_names_is_looked_for_beside_the_image(cli: Cli, here: Path) -> None:
    shutil.copy(SAMPLE, here / "w.qcow2")
    fields = {"name": "w", "owner": {"email": "a@example.com"}, "os_type": "Windows"}
    (here / "s.json").write_text(json.dumps({**fields, "data_images": [{"file": "data.qcow2"}]}))
    assert cli("check", "w.qcow2", "--sidecar", "s.json").code == 1
    shutil.copy(SAMPLE, here / "data.qcow2")
    assert cli("check", "w.qcow2", "--sidecar", "s.json").code == 0


def test_every_fault_of_a_sidecar_at_once(cli: Cli, here: Path) -> None:
    (here / "s.json").write_text('{"name": "w", "oner": {}, "min_disk": "forty"}')
    said = cli("check", SAMPLE, "--sidecar", "s.json", "--json")
    assert said.code == 1
    assert len([one for one in said.json["findings"] if one["severity"] == "error"]) == 3


@pytest.mark.parametrize("missing", ["nowhere.vhd", ".", "obs://drops", "obs:///w.vhd", "a\0b"])
def test_what_cannot_be_read_is_one_line_and_exit_2(cli: Cli, missing: str) -> None:
    said = cli("check", missing, "--json")
    assert (said.code, len(said.json["error"].splitlines()), len(said.err.splitlines())) == (2, 1, 1)


def test_a_pipe_is_not_waited_for(cli: Cli, here: Path) -> None:
    os.mkfifo(here / "pipe")
    assert cli("check", "pipe").code == 2


def test_a_missing_sidecar_is_one_line_and_exit_2(cli: Cli) -> None:
    said = cli("check", SAMPLE, "--sidecar", "nowhere.json")
    assert (said.code, said.out, said.err) == (2, "", "imagedrop: nowhere.json: No such file or directory\n")


def test_a_name_that_is_no_text_does_no_harm(cli: Cli, here: Path) -> None:
    name = os.fsdecode(b"w\xff\x1b[31m.qcow2")
    shutil.copy(SAMPLE, here / name)
    for more in ((), ("--json",)):
        said = cli("check", name, *more)
        assert said.code in (0, 1)
        assert "\x1b[31m" not in said.out + said.err


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(start=st.sampled_from([b"", b"QFI\xfb", b"vhdxfile", b"KDMV", b"conectix", b"QED\0", b"\0" * 510 + b"\x55\xaa"]),
       rest=st.binary(max_size=3000), name=st.sampled_from(["w.vhd", "w.qcow2", "w.raw", "w"]))  # fmt: skip
def test_whatever_the_file_holds_it_ends_with_json(cli: Cli, here: Path, start: bytes, rest: bytes, name: str) -> None:
    (here / name).write_bytes(start + rest)
    said = cli("check", name, "--json")
    assert (said.code in (0, 1), said.err) == (True, "")
    assert set(said.json) == {"facts", "findings", "sidecar", "read"}
    assert said.code == int(any(one["severity"] == "error" for one in said.json["findings"]))
