"""Volumes made to hurt: each is refused at once, in little memory, with words that say what is wrong."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from imagedrop.inspection.errors import PastEnd, Unreadable
from tests.unit.inspection.images import MIB, inspect_bytes
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.crafted import DATA, LIST, MFT_AT, list_entry, non_resident, record, resident, runs
from tests.unit.inspection.ntfs.hostile import (
    FILE_RECORD,
    HOSTILE,
    PACKED,
    volume_with_file,
    volume_with_mft,
    volume_with_root,
)
from tests.unit.inspection.ntfs.volumes import open_volume
from tests.unit.inspection.unpack.packers import pack_lznt1

SECONDS, MEMORY = 2.0, 128 * MIB


def read(data: bytes) -> bytes:
    found = open_volume(data).find("file")
    assert found is not None
    stream = found.data()
    return stream.read(0, min(stream.size, 4096))


def test_volumes_made_by_hand_read_where_they_are_sound() -> None:
    inside, away = resident(DATA, b"inside"), non_resident(DATA, runs([(1, 60)]), 4)
    assert (
        read(volume_with_file(inside))
        == read(volume_with_file(resident(LIST, list_entry(DATA, FILE_RECORD)), inside))
        == b"inside"
    )
    assert read(volume_with_file(away, clusters={60: b"away"})) == b"away"
    assert (
        read(
            volume_with_root(
                crafted.entry(None, 0, 0), crafted.block(crafted.entry("file", FILE_RECORD) + crafted.entry(None), 0)
            )
        )
        == b"inside"
    )
    assert read(volume_with_mft(non_resident(DATA, runs([(11, MFT_AT)]), 11 * 4096))) == b"inside"
    assert read(volume_with_file(PACKED, clusters={60: pack_lznt1(b"packed" * 10_000)})) == (b"packed" * 700)[:4096]


def test_the_pieces_of_a_file_may_be_listed_in_any_order() -> None:
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


def test_a_file_in_more_records_than_any_has_is_refused_before_they_are_read() -> None:
    pieces = [non_resident(DATA, runs([(1, None)]), 8192, first=number) for number in range(1500)]
    more = {FILE_RECORD + 1 + number: record(piece, base=FILE_RECORD) for number, piece in enumerate(pieces)}
    entries = b"".join(list_entry(DATA, number, first) for first, number in enumerate(more))
    data = volume_with_file(non_resident(LIST, runs([(12, 800)]), len(entries)), more=more, clusters={800: entries})
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert "other records" in refused.value.values["why"]


@pytest.mark.parametrize("case", HOSTILE)
def test_what_hurts_is_refused_at_once_in_little_memory(case: str) -> None:
    data, began = HOSTILE[case], time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises((Unreadable, PastEnd)):
            read(data)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize("case", HOSTILE)
def test_what_hurts_is_a_finding_in_plain_words(case: str) -> None:
    seen = inspect_bytes(HOSTILE[case], "a.raw")
    assert seen.facts.partition_table == "none"
    for one in seen.findings:
        assert "Error" not in one.message, one.message
