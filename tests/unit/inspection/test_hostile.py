"""Images made to hurt: each is ended fast, within a few requests, with a finding and no trace."""

from __future__ import annotations

import json
import struct
import tracemalloc
import zlib

import pytest

from imagedrop.inspection import Inspection
from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.unpack.codecs import inflate, inflate_raw
from tests.unit.inspection.images import MIB, error_ids, fixture, inspect_bytes, patched, qcow2, resealed_vhdx

REQUESTS = 60
MEMORY = 64 * MIB


def survived(data: bytes, name: str, size: int | None = None) -> Inspection:
    tracemalloc.start()
    seen = inspect_bytes(data, name, size=size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen.read.gets <= REQUESTS
    assert peak < MEMORY
    assert error_ids(seen)
    json.dumps([seen.facts.public(), [one.stored() for one in seen.findings]])
    return seen


@pytest.mark.parametrize("bits", [0, 8, 22, 63, 2**32 - 1])
def test_absurd_cluster_sizes_of_qcow2(bits: int) -> None:
    survived(qcow2(bits=bits), "a.qcow2")


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 2**50])
@pytest.mark.parametrize("l1", [0, 1, 2**32 - 1])
def test_absurd_sizes_and_l1_tables_of_qcow2(size: int, l1: int) -> None:
    survived(qcow2(size, l1=l1), "a.qcow2", 40 << 30)


@pytest.mark.parametrize(
    "patch",
    [(40, b"\xff" * 8), (48, b"\xff" * 8), (56, b"\xff" * 4), (40, bytes(8)), (96, b"\xff" * 4), (100, b"\xff" * 4)],
    ids=["L1 far", "refcounts far", "refcounts many", "L1 is the header", "refcount order", "header length"],
)
def test_tables_of_qcow2_that_point_anywhere(patch: tuple[int, bytes]) -> None:
    survived(patched(qcow2(), patch), "a.qcow2")


def test_an_l2_table_of_qcow2_that_is_its_own_l1() -> None:
    own = struct.pack(">Q", 2 << 16)
    seen = inspect_bytes(patched(qcow2(), (2 << 16, own * 2)), "a.qcow2")
    assert seen.read.gets <= REQUESTS
    assert seen.facts.partition_table == "none"


def test_a_cluster_that_unpacks_to_more_than_a_cluster() -> None:
    bomb = zlib.compress(bytes(64 * MIB), 9)[2:]
    packed = bomb.ljust(2 * 65536, b"\0")
    place = 4 << 16
    entry = 1 << 62 | (len(packed) // 512 - 1) << 54 | place
    data = patched(qcow2(), (2 << 16, struct.pack(">Q", 3 << 16))) + struct.pack(">Q", entry).ljust(65536, b"\0")
    seen = survived(data + packed, "a.qcow2")
    assert "image.malformed" in error_ids(seen)


def test_a_grain_that_unpacks_to_more_than_a_grain() -> None:
    data = fixture("stream.vmdk")
    bomb = zlib.compress(bytes(64 * MIB), 9)
    seen = survived(
        patched(data + bytes(len(bomb)), (first_grain(data), struct.pack("<QI", 0, len(bomb)) + bomb)), "a.vmdk"
    )
    assert "image.malformed" in error_ids(seen)


def first_grain(data: bytes) -> int:
    """Where the grain of sector 0 lies: by the grain directory and the first grain table."""
    (directory,) = struct.unpack_from("<Q", data, 56)
    (table,) = struct.unpack_from("<I", data, directory * 512)
    (grain,) = struct.unpack_from("<I", data, table * 512)
    return int(grain) * 512


@pytest.mark.parametrize("unpack", [inflate_raw, inflate])
def test_no_stream_unpacks_to_more_than_it_may(unpack: object) -> None:
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
def test_absurd_grains(grain: int) -> None:
    survived(patched(fixture("sparse.vmdk"), (20, struct.pack("<Q", grain))), "a.vmdk")


@pytest.mark.parametrize("entries", [0, 513, 2**32 - 1])
def test_absurd_grain_tables(entries: int) -> None:
    survived(patched(fixture("sparse.vmdk"), (44, struct.pack("<I", entries))), "a.vmdk")


@pytest.mark.parametrize("capacity", [2**40, 2**63, 2**64 - 1])
def test_absurd_capacities_of_vmdk(capacity: int) -> None:
    survived(patched(fixture("sparse.vmdk"), (12, struct.pack("<Q", capacity))), "a.vmdk")


@pytest.mark.parametrize(("at", "value"), [(28, 0), (28, 2**63), (36, 2**63), (56, 0), (56, 2**63)])
def test_places_in_vmdk_that_are_nowhere(at: int, value: int) -> None:
    survived(patched(fixture("sparse.vmdk"), (at, struct.pack("<Q", value))), "a.vmdk")


@pytest.mark.parametrize("count", [2048, 2**32 - 1])
def test_absurd_numbers_of_vhdx_regions(count: int) -> None:
    both = [(0x30008, struct.pack("<I", count)), (0x40008, struct.pack("<I", count))]
    survived(resealed_vhdx(patched(fixture("dynamic.vhdx"), *both)), "a.vhdx")


@pytest.mark.parametrize("value", [2048, 65535])
def test_absurd_numbers_of_vhdx_metadata(value: int) -> None:
    data = fixture("dynamic.vhdx")
    survived(patched(data, (data.index(b"metadata") + 10, struct.pack("<H", value))), "a.vhdx")


@pytest.mark.parametrize("block", [0, 1, 3 * MIB, 2**31])
def test_absurd_blocks_of_vhdx(block: int) -> None:
    data = fixture("dynamic.vhdx")
    at = data.index(struct.pack("<II", MIB, 0), data.index(b"metadata") + 65536)
    survived(patched(data, (at, struct.pack("<I", block))), "a.vhdx")


def test_a_vhdx_disk_of_64_bits() -> None:
    data = fixture("dynamic.vhdx")
    at = data.index(struct.pack("<Q", 12 * MIB), data.index(b"metadata") + 65536)
    survived(patched(data, (at, b"\xff" * 8)), "a.vhdx")


def test_a_vhdx_with_two_bad_headers_is_malformed_and_with_one_it_is_read() -> None:
    data = fixture("dynamic.vhdx")
    assert error_ids(inspect_bytes(patched(data, (0x10008, b"\xff")), "a.vhdx")) == set()
    assert error_ids(inspect_bytes(patched(data, (0x10008, b"\xff"), (0x20008, b"\xff")), "a.vhdx")) == {
        "image.malformed"
    }


@pytest.mark.parametrize("block", [0, 511, 3 * MIB, 2**32 - 1])
def test_absurd_blocks_of_vhd(block: int) -> None:
    data = fixture("dynamic.vhd")
    survived(patched(data, (512 + 32, struct.pack(">I", block))), "a.vhd")


@pytest.mark.parametrize(("at", "value"), [(16, 2**64 - 1), (512 + 16, 2**64 - 1)])
def test_places_in_vhd_that_are_nowhere(at: int, value: int) -> None:
    data = fixture("dynamic.vhd")
    footer = patched(data[:512], (16, struct.pack(">Q", value))) if at == 16 else data[:512]
    survived(patched(data, (at, struct.pack(">Q", value)), (-512, footer)), "a.vhd")


@pytest.mark.parametrize(
    ("at", "value"),
    [(376, 0), (376, 3), (376, 2**31), (384, 2**32 - 1), (388, 2**32 - 1), (340, 2**32 - 1), (344, 2**32 - 1)],
)
def test_absurd_numbers_in_vdi(at: int, value: int) -> None:
    data = patched(fixture("dynamic.vdi"), (at, struct.pack("<I", value)))
    if at == 384:  # 2^32 blocks that would even fit
        data = patched(data, (388, struct.pack("<I", 2**32 - 1)))
    survived(data, "a.vdi")


@pytest.mark.parametrize(("at", "value"), [(4, 0), (4, 3), (4, 2**31), (8, 0), (8, 3), (8, 2**31), (40, 2**32 - 1)])
def test_absurd_numbers_in_qed(at: int, value: int) -> None:
    survived(patched(fixture("64k.qed"), (at, struct.pack("<I", value))), "a.qed")


@pytest.mark.parametrize(("at", "value"), [(32, b"\0"), (32, b"\xff"), (33, b"\0"), (33, b"\xff"), (40, b"\xff" * 8)])
def test_absurd_numbers_in_qcow(at: int, value: bytes) -> None:
    survived(patched(fixture("v1.qcow"), (at, value)), "a.qcow")


def test_a_name_of_a_file_that_would_harm_a_shell_is_quoted() -> None:
    seen = inspect_bytes(b"", "a/$(reboot);.vhd")
    assert "'$(reboot);.vhd'" in seen.findings[0].fix
