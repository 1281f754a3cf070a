"""Volumes made by hand to cost much or to mislead: each is refused with little work, in little memory."""

from __future__ import annotations

import sys
import tracemalloc
from types import FrameType
from typing import Any

import pytest

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers.raw import Raw
from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.ntfs import Volume
from tests.unit.inspection.images import MIB, MemorySource, inspect_bytes
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.crafted import DATA, LIST, MFT_AT, list_entry, non_resident, record, resident, runs
from tests.unit.inspection.ntfs.hostile import (
    COMPRESSED,
    FILE_RECORD,
    HOSTILE,
    volume_with_file,
    volume_with_mft,
    volume_with_root,
)
from tests.unit.inspection.ntfs.volumes import open_volume
from tests.unit.inspection.unpack.packers import pack_lznt1

BUDGET = Budget(requests=10, bytes=MIB, steps=50_000)
PYTHON_CALLS, MEMORY = 500_000, 16 * MIB


class CallCounter:
    """Counts the calls of Python functions and built-ins: work that no budget counts."""

    def __enter__(self) -> CallCounter:
        self.calls = 0
        sys.setprofile(self._count)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, argument: Any) -> None:
        self.calls += event.endswith("call")


def read(volume: Volume) -> bytes:
    found = volume.find("file")
    assert found is not None
    stream = found.data()
    return stream.read(0, min(stream.size, 4096))


def read_file(data: bytes) -> bytes:
    return read(open_volume(data))


def test_sound_volumes_made_by_hand_are_read() -> None:
    inside, away = resident(DATA, b"inside"), non_resident(DATA, runs([(1, 60)]), 4)
    assert (
        read_file(volume_with_file(inside))
        == read_file(volume_with_file(resident(LIST, list_entry(DATA, FILE_RECORD)), inside))
        == b"inside"
    )
    assert read_file(volume_with_file(away, clusters={60: b"away"})) == b"away"
    assert (
        read_file(
            volume_with_root(
                crafted.entry(None, 0, 0), crafted.block(crafted.entry("file", FILE_RECORD) + crafted.entry(None), 0)
            )
        )
        == b"inside"
    )
    assert read_file(volume_with_mft(non_resident(DATA, runs([(11, MFT_AT)]), 11 * 4096))) == b"inside"
    assert (
        read_file(volume_with_file(COMPRESSED, clusters={60: pack_lznt1(b"packed" * 10_000)}))
        == (b"packed" * 700)[:4096]
    )


def test_an_attribute_list_may_name_the_pieces_of_a_file_in_any_order() -> None:
    pieces = [non_resident(DATA, runs([(1, at)]), 8192, first=first) for at, first in ((60, 0), (61, 1))]
    data = volume_with_file(
        resident(LIST, list_entry(DATA, FILE_RECORD, 1) + list_entry(DATA, 41)),
        pieces[1],
        more={41: record(pieces[0], base=1 << 48 | FILE_RECORD)},
        clusters={60: b"first".ljust(4096) + b"second"},
    )
    found = open_volume(data).find("file")
    assert found is not None
    assert found.data().read(0, 8192).split() == [b"first", b"second".ljust(4096, b"\0")]


def test_a_file_with_more_than_1024_extension_records_is_refused() -> None:
    pieces = [non_resident(DATA, runs([(1, None)]), 8192, first=number) for number in range(1500)]
    more = {FILE_RECORD + 1 + number: record(piece, base=FILE_RECORD) for number, piece in enumerate(pieces)}
    entries = b"".join(list_entry(DATA, number, first) for first, number in enumerate(more))
    data = volume_with_file(non_resident(LIST, runs([(12, 800)]), len(entries)), more=more, clusters={800: entries})
    with pytest.raises(Unreadable) as refused:
        read_file(data)
    assert "other records" in refused.value.values["why"]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_volume_is_refused_within_a_small_budget_of_reads_calls_and_memory(case: str) -> None:
    disk = Raw(BlockCache(MemorySource(HOSTILE[case]), BUDGET), FindingsReport("a.raw", 0))
    disk.open()
    tracemalloc.start()
    try:
        with pytest.raises((Unreadable, PastEnd)):
            read(Volume(disk, 0))
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    with CallCounter() as counter, pytest.raises((Unreadable, PastEnd)):
        read(Volume(disk, 0))
    assert counter.calls < PYTHON_CALLS


@pytest.mark.parametrize("case", HOSTILE)
def test_the_findings_of_a_hostile_volume_name_no_python_exception(case: str) -> None:
    inspection = inspect_bytes(HOSTILE[case], "a.raw")
    assert inspection.facts.partition_table == "none"
    assert not [finding.message for finding in inspection.findings if "Error" in finding.message]
