"""Hostile images: each ends within a few requests, in little memory, with a finding."""

from __future__ import annotations

import struct
import tracemalloc
import zlib

import pytest

from imagedrop.inspection import Inspection
from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.unpack.codecs import inflate, inflate_raw
from tests.unit.inspection.hostile.limits import inspect_within_limits
from tests.unit.inspection.images import (
    MIB,
    MemorySource,
    error_ids,
    fixture,
    inspect_bytes,
    patched,
    qcow2,
    resealed_vhdx,
)

MAX_REQUESTS = 60


def refused(data: bytes, name: str, size: int | None = None) -> Inspection:
    inspection = inspect_within_limits(MemorySource(data, size), name)
    assert inspection.read.gets <= MAX_REQUESTS
    assert error_ids(inspection)
    return inspection


@pytest.mark.parametrize("bits", [0, 8, 22, 63, 2**32 - 1])
def test_absurd_cluster_sizes_of_qcow2_are_refused(bits: int) -> None:
    refused(qcow2(bits=bits), "a.qcow2")


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 2**50])
@pytest.mark.parametrize("l1", [0, 1, 2**32 - 1])
def test_absurd_sizes_and_l1_tables_of_qcow2_are_refused(size: int, l1: int) -> None:
    refused(qcow2(size, l1=l1), "a.qcow2", 40 << 30)


@pytest.mark.parametrize(
    "patch",
    [(40, b"\xff" * 8), (48, b"\xff" * 8), (56, b"\xff" * 4), (40, bytes(8)), (96, b"\xff" * 4), (100, b"\xff" * 4)],
    ids=["L1 far", "refcounts far", "refcounts many", "L1 is the header", "refcount order", "header length"],
)
def test_qcow2_tables_at_impossible_offsets_are_refused(patch: tuple[int, bytes]) -> None:
    refused(patched(qcow2(), patch), "a.qcow2")


def test_a_qcow2_l2_table_that_is_its_own_l1_ends() -> None:
    own = struct.pack(">Q", 2 << 16)
    inspection = inspect_bytes(patched(qcow2(), (2 << 16, own * 2)), "a.qcow2")
    assert inspection.read.gets <= MAX_REQUESTS
    assert inspection.facts.partition_table == "none"


def test_a_cluster_that_unpacks_to_more_than_a_cluster_is_malformed() -> None:
    bomb = zlib.compress(bytes(64 * MIB), 9)[2:]
    packed = bomb.ljust(2 * 65536, b"\0")
    offset = 4 << 16
    entry = 1 << 62 | (len(packed) // 512 - 1) << 54 | offset
    data = patched(qcow2(), (2 << 16, struct.pack(">Q", 3 << 16))) + struct.pack(">Q", entry).ljust(65536, b"\0")
    inspection = refused(data + packed, "a.qcow2")
    assert "image.malformed" in error_ids(inspection)


def test_a_grain_that_unpacks_to_more_than_a_grain_is_malformed() -> None:
    data = fixture("stream.vmdk")
    bomb = zlib.compress(bytes(64 * MIB), 9)
    inspection = refused(
        patched(data + bytes(len(bomb)), (first_grain(data), struct.pack("<QI", 0, len(bomb)) + bomb)), "a.vmdk"
    )
    assert "image.malformed" in error_ids(inspection)


def first_grain(data: bytes) -> int:
    """The offset of the grain of sector 0, from the grain directory and the first grain table."""
    (directory,) = struct.unpack_from("<Q", data, 56)
    (table,) = struct.unpack_from("<I", data, directory * 512)
    (grain,) = struct.unpack_from("<I", data, table * 512)
    return int(grain) * 512


@pytest.mark.parametrize("unpack", [inflate_raw, inflate])
def test_no_stream_unpacks_to_more_than_its_limit(unpack: object) -> None:
    assert callable(unpack)
    window = -15 if unpack is inflate_raw else 15
    stream = zlib.compressobj(9, zlib.DEFLATED, window)
    packed = stream.compress(bytes(100 * MIB)) + stream.flush()
    tracemalloc.start()
    with pytest.raises(Unreadable):
        unpack(packed, 65536)
    assert tracemalloc.get_traced_memory()[1] < MIB
    tracemalloc.stop()


@pytest.mark.parametrize("grain", [0, 3, 2**21, 2**63])
def test_absurd_grain_sizes_of_vmdk_are_refused(grain: int) -> None:
    refused(patched(fixture("sparse.vmdk"), (20, struct.pack("<Q", grain))), "a.vmdk")


@pytest.mark.parametrize("entries", [0, 513, 2**32 - 1])
def test_absurd_grain_table_sizes_of_vmdk_are_refused(entries: int) -> None:
    refused(patched(fixture("sparse.vmdk"), (44, struct.pack("<I", entries))), "a.vmdk")


@pytest.mark.parametrize("capacity", [2**40, 2**63, 2**64 - 1])
def test_absurd_capacities_of_vmdk_are_refused(capacity: int) -> None:
    refused(patched(fixture("sparse.vmdk"), (12, struct.pack("<Q", capacity))), "a.vmdk")


@pytest.mark.parametrize(("at", "value"), [(28, 0), (28, 2**63), (36, 2**63), (56, 0), (56, 2**63)])
def test_impossible_offsets_in_vmdk_are_refused(at: int, value: int) -> None:
    refused(patched(fixture("sparse.vmdk"), (at, struct.pack("<Q", value))), "a.vmdk")


@pytest.mark.parametrize("count", [2048, 2**32 - 1])
def test_absurd_numbers_of_vhdx_regions_are_refused(count: int) -> None:
    both = [(0x30008, struct.pack("<I", count)), (0x40008, struct.pack("<I", count))]
    refused(resealed_vhdx(patched(fixture("dynamic.vhdx"), *both)), "a.vhdx")


@pytest.mark.parametrize("value", [2048, 65535])
def test_absurd_numbers_of_vhdx_metadata_items_are_refused(value: int) -> None:
    data = fixture("dynamic.vhdx")
    refused(patched(data, (data.index(b"metadata") + 10, struct.pack("<H", value))), "a.vhdx")


@pytest.mark.parametrize("block", [0, 1, 3 * MIB, 2**31])
def test_absurd_block_sizes_of_vhdx_are_refused(block: int) -> None:
    data = fixture("dynamic.vhdx")
    at = data.index(struct.pack("<II", MIB, 0), data.index(b"metadata") + 65536)
    refused(patched(data, (at, struct.pack("<I", block))), "a.vhdx")


def test_a_vhdx_disk_size_of_64_bits_is_refused() -> None:
    data = fixture("dynamic.vhdx")
    at = data.index(struct.pack("<Q", 12 * MIB), data.index(b"metadata") + 65536)
    refused(patched(data, (at, b"\xff" * 8)), "a.vhdx")


def test_a_vhdx_with_two_damaged_headers_is_malformed_and_with_one_it_is_read() -> None:
    data = fixture("dynamic.vhdx")
    first, second = (0x10008, b"\xff"), (0x20008, b"\xff")
    assert error_ids(inspect_bytes(patched(data, first), "a.vhdx")) == set()
    assert error_ids(inspect_bytes(patched(data, first, second), "a.vhdx")) == {"image.malformed"}


@pytest.mark.parametrize("block", [0, 511, 3 * MIB, 2**32 - 1])
def test_absurd_block_sizes_of_vhd_are_refused(block: int) -> None:
    data = fixture("dynamic.vhd")
    refused(patched(data, (512 + 32, struct.pack(">I", block))), "a.vhd")


@pytest.mark.parametrize(("at", "value"), [(16, 2**64 - 1), (512 + 16, 2**64 - 1)])
def test_impossible_offsets_in_vhd_are_refused(at: int, value: int) -> None:
    data = fixture("dynamic.vhd")
    footer = patched(data[:512], (16, struct.pack(">Q", value))) if at == 16 else data[:512]
    refused(patched(data, (at, struct.pack(">Q", value)), (-512, footer)), "a.vhd")


@pytest.mark.parametrize(
    ("at", "value"),
    [(376, 0), (376, 3), (376, 2**31), (384, 2**32 - 1), (388, 2**32 - 1), (340, 2**32 - 1), (344, 2**32 - 1)],
)
def test_absurd_numbers_in_vdi_are_refused(at: int, value: int) -> None:
    data = patched(fixture("dynamic.vdi"), (at, struct.pack("<I", value)))
    if at == 384:  # 2^32 blocks that would even fit
        data = patched(data, (388, struct.pack("<I", 2**32 - 1)))
    refused(data, "a.vdi")


@pytest.mark.parametrize(("at", "value"), [(4, 0), (4, 3), (4, 2**31), (8, 0), (8, 3), (8, 2**31), (40, 2**32 - 1)])
def test_absurd_numbers_in_qed_are_refused(at: int, value: int) -> None:
    refused(patched(fixture("64k.qed"), (at, struct.pack("<I", value))), "a.qed")


@pytest.mark.parametrize(("at", "value"), [(32, b"\0"), (32, b"\xff"), (33, b"\0"), (33, b"\xff"), (40, b"\xff" * 8)])
def test_absurd_numbers_in_qcow_are_refused(at: int, value: bytes) -> None:
    refused(patched(fixture("v1.qcow"), (at, value)), "a.qcow")


def test_file_names_are_quoted_for_a_shell() -> None:
    inspection = inspect_bytes(b"", "a/$(reboot);.vhd")
    assert "'$(reboot);.vhd'" in inspection.findings[0].fix
