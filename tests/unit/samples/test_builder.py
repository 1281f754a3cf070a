"""The formats that the builder writes itself, without other programs."""

from __future__ import annotations

import functools
import operator
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.builder import hive, hive_finish, ntfs_finish, pe, sparse, tree
from samples.builder.fat_names import long_entries, padded, short_names
from samples.builder.recipe import DRIVERS, IN_THE_BOX, Architecture, Recipe, Windows, filetime
from samples.builder.registry import services, software, system

NAMES = st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,20}(\.[A-Za-z0-9]{1,5})?", fullmatch=True), unique_by=str.upper)
SHORT = {
    "Boot": "BOOT",
    "bootmgfw.efi": "BOOTMGFW.EFI",
    "Cloudbase Solutions": "CLOUDB~1",
    "Cloudbase-Init": "CLOUDB~2",
}


@given(NAMES)
@settings(max_examples=50)
def test_short_names_are_unique_and_fit_a_directory_entry(names: list[str]) -> None:
    shorts = short_names(names)
    assert len(set(shorts.values())) == len(names)
    assert all(len(padded(short)) == 11 for short in shorts.values())


def test_short_names_are_numbered_as_in_windows() -> None:
    assert short_names(SHORT) == SHORT


@given(st.from_regex(r"[A-Za-z]{1,60}", fullmatch=True).filter(lambda name: name != "SHORT"))
@settings(max_examples=50)
def test_long_name_can_be_read_from_its_entries(name: str) -> None:
    written = long_entries(name, "SHORT")
    parts = [written[at : at + 32] for at in range(0, len(written), 32)]
    assert [part[0] & 0x3F for part in parts] == list(range(len(parts), 0, -1))
    spelled = b"".join(part[1:11] + part[14:26] + part[28:32] for part in reversed(parts)).decode("utf-16-le")
    assert spelled.rstrip("\uffff").rstrip("\0") == name


@pytest.mark.parametrize(("architecture", "machine"), [("amd64", 0x8664), ("x86", 0x014C), ("arm64", 0xAA64)])
@pytest.mark.parametrize("alignment", [16, 512])
def test_entry_point_of_a_stub_is_its_code(architecture: Architecture, machine: int, alignment: int) -> None:
    program = pe.stub(architecture, "native", alignment=alignment)
    (header,) = struct.unpack_from("<I", program, 60)
    optional = header + 24
    assert struct.unpack_from("<4sH", program, header) == (b"PE\0\0", machine)
    section = optional + int(struct.unpack_from("<H", program, header + 20)[0])
    _, address, _, offset = struct.unpack_from("<4I", program, section + 8)
    assert struct.unpack_from("<I", program, optional + 16) == (address,)
    assert program[offset:].startswith(pe.MACHINES[architecture][1])


def test_blank_hive_has_a_valid_checksum_and_cells_that_fill_its_bin() -> None:
    blank = hive.blank("SOFTWARE")
    *words, checksum = struct.unpack_from("<128I", blank)
    assert functools.reduce(operator.xor, words) == checksum
    cells = list(hive_finish._cells(bytearray(blank)))
    assert [at - 4096 for at, _ in cells][:2] == [hive.ROOT, hive.SECURITY]
    assert sum(abs(size) for _, size in cells) == 4096 - 32


def with_subkeys(count: int) -> bytes:
    """A blank hive whose root has an lh list of `count` entries (n, n) in a bin of its own."""
    data = bytearray(hive.blank("SYSTEM"))
    entries = [struct.pack("<II", number, number) for number in range(count)]
    listed = hive_finish._append(data, b"lh", entries)
    struct.pack_into("<I", data, 4096 + hive.ROOT + 4 + 20, count)
    struct.pack_into("<I", data, 4096 + hive.ROOT + 4 + 28, listed)
    return bytes(data)


def listed(data: bytes, offset: int) -> list[int]:
    kind, count = struct.unpack_from("<2sH", data, 4096 + offset + 4)
    width = {b"lh": 8, b"ri": 4}[kind]
    firsts = [int(struct.unpack_from("<I", data, 4096 + offset + 8 + width * at)[0]) for at in range(count)]
    return firsts if kind == b"lh" else [number for leaf in firsts for number in listed(data, leaf)]


@pytest.mark.parametrize(("count", "kind"), [(1, b"lh"), (507, b"lh"), (508, b"ri"), (1000, b"ri")])
def test_long_subkey_list_is_split_without_loss(count: int, kind: bytes) -> None:
    finished = hive_finish.finish(with_subkeys(count))
    (offset,) = struct.unpack_from("<I", finished, 4096 + hive.ROOT + 4 + 28)
    assert finished[4096 + offset + 4 :][:2] == kind
    assert listed(finished, offset) == list(range(count))
    assert struct.unpack_from("<I", finished, 40) == (len(finished) - 4096,)


def protected(record: bytearray) -> bytes:
    struct.pack_into("<4sHH", record, 0, b"INDX", 40, 9)
    struct.pack_into("<H", record, 40, 7)
    ntfs_finish._protect(record)
    return bytes(record)


def test_ntfs_times_are_set_even_across_a_protected_word(tmp_path: Path) -> None:
    seconds = 1_700_000_000.0
    stamp = ntfs_finish.UNIX_EPOCH + int(seconds * 10_000_000)
    record = bytearray(4096)
    struct.pack_into("<I", record, 28, 4096 - 24)
    positions = (64, 504, 1016)
    for position in positions:
        struct.pack_into("<Q", record, position, stamp)
    volume = tmp_path / "volume"
    volume.write_bytes(bytes(4096) + protected(record))
    with volume.open("r+b") as file:
        ntfs_finish.finish(file.fileno(), seconds, seconds)
    after = bytearray(volume.read_bytes()[4096:])
    assert after[510:512] == b"\7\0"
    ntfs_finish._restore(after)
    assert [struct.unpack_from("<Q", after, position)[0] for position in positions] == [filetime()] * 3


def test_file_and_directory_of_the_same_name_are_refused() -> None:
    with pytest.raises(ValueError, match="a/b: a is a file already"):
        tree.nested({"a": b"", "a/b": b""})


def test_copy_into_a_disk_keeps_holes(tmp_path: Path) -> None:
    source = sparse.create(tmp_path / "source", 64 << 20)
    with source.open("r+b") as file:
        file.seek(40 << 20)
        file.write(b"here")
    disk = sparse.create(tmp_path / "disk", 1 << 30)
    sparse.copy_into(disk, source, 512 << 20)
    assert disk.stat().st_blocks * 512 < 4 << 20
    with disk.open("rb") as file:
        file.seek(552 << 20)
        assert file.read(4) == b"here"


def test_registry_follows_the_recipe() -> None:
    recipe = Recipe("x", Windows("Windows 11 Pro", build=22631, architecture="arm64"), drivers=(), cloudbase_init=False)
    current = software(recipe)["Microsoft\\Windows NT\\CurrentVersion"]
    assert (current["ProductName"], current["CurrentBuild"]) == ("Windows 11 Pro", "22631")
    environment = system(recipe)["ControlSet001\\Control\\Session Manager\\Environment"]
    assert environment["PROCESSOR_ARCHITECTURE"] == "ARM64"
    found = services(recipe)
    assert "cloudbase-init" not in found
    assert not {driver.service for driver in DRIVERS} & found.keys()
    assert {driver.service for driver in IN_THE_BOX} <= found.keys()


@pytest.mark.parametrize(
    ("value", "kind", "data"),
    [
        ("a", 1, b"a\0\0\0"),
        (hive.Expand("a"), 2, b"a\0\0\0"),
        (b"a", 3, b"a"),
        (1, 4, b"\1\0\0\0"),
        (["a", "b"], 7, b"a\0\0\0b\0\0\0\0\0"),
    ],
)
def test_value_gets_the_matching_registry_type(value: hive.Value, kind: int, data: bytes) -> None:
    assert hive.typed(value) == (kind, data)
