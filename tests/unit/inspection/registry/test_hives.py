"""Hives that hivex wrote; the expected values are those of python-registry and dissect.regf."""

from __future__ import annotations

import struct

import pytest

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.registry import Hive
from tests.unit.inspection.registry.hives import (
    CURRENT,
    NAMES,
    existing_key,
    expected_values,
    fixture,
    open_hive,
    with_checksum,
)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_found_with_every_value(name: str) -> None:
    root = open_hive(fixture(name)).root()
    keys = root.subkeys(*expected_values())
    for path, values in expected_values().items():
        key = keys[path]
        assert key is not None, path
        assert key.name == path.rpartition("\\")[2] or key is root
        assert key.values(*values, "Nothing Of The Kind") == values


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_listed_once(name: str) -> None:
    root = open_hive(fixture(name)).root()
    paths = [path for path in expected_values() if path]
    for path in expected_values():
        subkeys = sorted(child for parent, _, child in (other.rpartition("\\") for other in paths) if parent == path)
        key = existing_key(root, path)
        assert sorted(key.names(1000)) == subkeys
        assert len(key.names(3)) == min(3, len(subkeys))


@pytest.mark.parametrize("name", NAMES)
def test_names_are_found_in_any_case(name: str) -> None:
    root = open_hive(fixture(name)).root()
    assert existing_key(root, CURRENT.upper()).values("PRODUCTNAME", "größe", "GRÖßE") == {
        "PRODUCTNAME": "Windows Server 2022 Datacenter",
        "größe": "ß",
        "GRÖßE": "ß",
    }
    assert existing_key(root, "controlset001\\SERVICES\\VioStor").name == "viostor"
    assert existing_key(root, "software\\ÄLTER").name == "Älter"
    assert existing_key(root, "software\\aЯ").name == "Aя"


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_is_none(name: str) -> None:
    root = open_hive(fixture(name)).root()
    for path in (
        "No",
        "ControlSet001\\Services\\viostor2",
        "ControlSet001\\Services\\vio",
        "Software\\日",
        "One\\two\\x\\y",
    ):
        assert root.subkey(path) is None
    assert root.values("", "any") == {}


def test_a_child_is_looked_up_once() -> None:
    root = open_hive(fixture("lh")).root()
    assert root.subkey(CURRENT) is root.subkey(CURRENT.lower())


def test_a_clean_hive_is_not_dirty() -> None:
    assert not open_hive(fixture("lh")).dirty


def test_a_hive_whose_last_write_did_not_finish_is_dirty_and_still_read() -> None:
    hive = open_hive(with_checksum(fixture("lh")[:4] + struct.pack("<I", 999) + fixture("lh")[8:]))
    assert hive.dirty
    assert existing_key(hive.root(), CURRENT).values("UBR") == {"UBR": 2849}


def test_a_wrong_checksum_makes_a_hive_dirty() -> None:
    data = bytearray(fixture("lh"))
    data[508] ^= 1
    hive = open_hive(bytes(data))
    assert hive.dirty
    assert existing_key(hive.root(), CURRENT).values("UBR") == {"UBR": 2849}


@pytest.mark.parametrize("wanted", [0, 0xFFFFFFFF])
def test_checksums_0_and_ffffffff_are_stored_as_their_neighbours(wanted: int) -> None:
    data = fixture("lh")
    (now,) = struct.unpack_from("<I", with_checksum(data[:400] + bytes(4) + data[404:]), 508)
    data = data[:400] + struct.pack("<I", now ^ wanted) + data[404:]
    assert open_hive(data[:508] + struct.pack("<I", {0: 1}.get(wanted, 0xFFFFFFFE)) + data[512:]).dirty is False
    assert open_hive(data[:508] + struct.pack("<I", wanted) + data[512:]).dirty is True


@pytest.mark.parametrize(
    ("at", "new", "why"),
    [(0, b"REGF", "begins with b'REGF'"), (20, b"\2", "version 2.5"), (24, b"\2", "version 1.2"), (24, b"\7", "1.7")],
)
def test_a_base_block_with_another_signature_or_version_is_refused(at: int, new: bytes, why: str) -> None:
    data = fixture("lh")
    with pytest.raises(Unreadable) as caught:
        open_hive(data[:at] + new + data[at + len(new) :])
    assert caught.value.values["what"] == "registry hive TEST"
    assert why in caught.value.values["why"]


@pytest.mark.parametrize("size", [0, 3, 512, 4096])
def test_a_file_without_a_bin_is_refused(size: int) -> None:
    with pytest.raises(Unreadable):
        open_hive(fixture("lh")[:size])


def test_a_cut_off_hive_is_read_up_to_its_end() -> None:
    data = fixture("lh")
    hive = Hive("TEST", 8192, lambda offset, length: data[:8192][offset : offset + length])
    hive.open()
    assert hive.root().name == "ROOT"
    with pytest.raises(Unreadable):
        hive.root().subkey(CURRENT)
