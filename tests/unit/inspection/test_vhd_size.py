"""A VHD states its size twice, and readers differ in which one they use: the larger one counts."""

from __future__ import annotations

import struct

import pytest

from imagedrop.inspection.containers.vhd import FOOTER, Footer
from tests.unit.inspection.images import EXPECTED, fixture, inspect_bytes, open_container, patched, resealed_vhdx

GIB = 1 << 30


@pytest.mark.parametrize(
    ("current", "geometry", "size"),
    [
        (40 * GIB, (20561, 16, 255), 42_951_106_560),  # qemu rounds 40 GiB up
        (42_951_106_560, (20561, 16, 255), 42_951_106_560),
        (40 * GIB, (20560, 16, 255), 40 * GIB),  # Hyper-V rounds the geometry down
        (40 * GIB, (65535, 16, 255), 40 * GIB),  # force_size: a geometry at its maximum is ignored
        (200 * GIB, (65535, 16, 255), 200 * GIB),
        (0, (0, 0, 0), 0),
    ],
)
def test_the_larger_of_both_sizes_counts(current: int, geometry: tuple[int, int, int], size: int) -> None:
    data = bytes(48) + struct.pack(">QHBB", current, *geometry) + bytes(8)
    assert Footer(*FOOTER.unpack(data)).virtual_size == size


@pytest.mark.parametrize("at", [0, -512])
def test_one_damaged_footer_is_a_warning_and_the_other_one_is_used(at: int) -> None:
    data = fixture("dynamic.vhd")
    inspection = inspect_bytes(patched(data, (at + 48, b"\xff" * 8)), "a.vhd")
    assert inspection.facts.virtual_size == EXPECTED["dynamic.vhd"]
    assert (inspection.findings[0].id, inspection.findings[0].severity) == ("image.checksum", "warning")


def test_a_vhdx_with_sectors_of_4_kib_is_read_in_those_sectors() -> None:
    data = fixture("dynamic.vhdx")
    table = data.index(b"metadata")
    item_id = bytes.fromhex("1dbf41816fa90947ba47f233a8faab5f")
    (offset,) = struct.unpack_from("<I", data, data.index(item_id, table) + 16)
    large = resealed_vhdx(patched(data, (table + offset, struct.pack("<I", 4096))))
    container = open_container(large, "a.vhdx")
    assert container.sector_size == 4096
    assert container.read(0, 1 << 20) == fixture("gpt.raw")[: 1 << 20]
    assert inspect_bytes(large, "a.vhdx").facts.partition_table == "gpt"
