"""The boot sector: sizes as mkntfs writes them, and invalid sizes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.ntfs.boot import MAX_CLUSTER, MAX_INDEX_BLOCK, MAX_RECORD, parse
from tests.unit.inspection.images import patched
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.volumes import VOLUMES, volume_bytes


@pytest.mark.parametrize("name", VOLUMES)
def test_the_geometry_is_that_of_the_recipe(name: str) -> None:
    found = parse(volume_bytes(name)[:512])
    assert (found.cluster_size, found.record_size, found.index_block_size) == (VOLUMES[name].how.cluster, 1024, 4096)
    assert volume_bytes(name)[found.mft_offset : found.mft_offset + 4] == b"FILE"
    assert (
        found.volume_size == len(volume_bytes(name)) - 512
        if found.cluster_size == 512
        else found.volume_size <= len(volume_bytes(name))
    )


@pytest.mark.parametrize(
    ("sector", "cluster", "bytes_"),
    [(512, 1, 512), (512, 8, 4096), (512, 128, 65536), (512, 0xF4, 2 << 20), (4096, 1, 4096), (512, 0xF8, 128 << 10)],
)
def test_a_cluster_is_a_number_of_sectors_or_a_power_of_two_of_them(sector: int, cluster: int, bytes_: int) -> None:
    assert parse(crafted.boot(cluster, index=0xF4, sector=sector)).cluster_size == bytes_


@pytest.mark.parametrize(
    ("record", "index", "sizes"), [(0xF6, 1, (1024, 4096)), (0xF4, 0xF4, (4096, 4096)), (1, 2, (4096, 8192))]
)
def test_records_and_index_blocks_are_a_number_of_clusters_or_a_power_of_two_of_bytes(
    record: int, index: int, sizes: tuple[int, int]
) -> None:
    found = parse(crafted.boot(8, record, index))
    assert (found.record_size, found.index_block_size) == sizes


@pytest.mark.parametrize(
    "sector",
    [
        crafted.boot(0),
        crafted.boot(3),
        crafted.boot(0x81),
        crafted.boot(0xEA, index=0xF4),  # clusters of 2^31 bytes
        crafted.boot(0xF3, index=0xF4),  # of 4 MiB
        crafted.boot(8, 0),
        crafted.boot(8, 3),
        crafted.boot(8, 0x80),
        crafted.boot(8, 0xF8),
        crafted.boot(8, 2),
        crafted.boot(8, 0xF6, 0),
        crafted.boot(8, 0xF6, 0x81),
        crafted.boot(8, 0xF6, 127),
        crafted.boot(sector=0),
        crafted.boot(sector=513),
        crafted.boot(sector=65535),
    ],
)
def test_invalid_sizes_are_refused(sector: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(sector)


@settings(max_examples=150, deadline=None)
@given(st.integers(11, 80), st.binary(min_size=1, max_size=8))
def test_a_changed_boot_sector_is_refused_or_has_sizes_within_bounds(at: int, value: bytes) -> None:
    try:
        found = parse(patched(crafted.boot(), (at, value)))
    except Unreadable:
        return
    assert 512 <= found.cluster_size <= MAX_CLUSTER
    assert 512 <= found.record_size <= MAX_RECORD
    assert 512 <= found.index_block_size <= MAX_INDEX_BLOCK
