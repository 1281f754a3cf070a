"""Records of the MFT: their update sequence, attributes and attribute lists."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.ntfs import records
from imagedrop.inspection.ntfs.records import ListEntry, Reference, parse, undo_update_sequence
from tests.unit.inspection.images import patched
from tests.unit.inspection.ntfs import crafted

NAMED = crafted.resident(crafted.DATA, b"inside", "a stream")
NON_RESIDENT = crafted.non_resident(
    crafted.DATA, crafted.runs([(5, 70)]), 20_000, "", first=3, initialized=19_000, flags=1, unit=4
)
SOUND = crafted.record(NAMED, NON_RESIDENT, sequence=9, base=5 << 48 | 77)


def test_a_record_is_parsed_to_its_fields_and_attributes() -> None:
    found = parse(SOUND, 30)
    assert (found.sequence, found.flags, found.base) == (9, 1, Reference(77, 5))
    resident, non_resident = found.attributes
    assert (resident.type, resident.name, resident.content, resident.size) == (0x80, "a stream", b"inside", 6)
    assert (
        non_resident.content,
        non_resident.vcn,
        non_resident.compression_unit,
        non_resident.size,
        non_resident.initialized,
        non_resident.flags,
    ) == (
        None,
        3,
        16,
        20_000,
        19_000,
        1,
    )
    assert non_resident.runs.startswith(crafted.runs([(5, 70)]))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.binary(min_size=4, max_size=40))
def test_the_update_sequence_of_a_block_is_undone(sectors: int, noise: bytes) -> None:
    content = b"INDX".ljust(100, b"\0") + (noise * 1024)[: 512 * sectors - 100]
    written = crafted.with_update_sequence(content, 40)
    assert [written[end - 2 : end] for end in range(512, len(written) + 1, 512)] == [crafted.SEQUENCE] * sectors
    assert undo_update_sequence(written, b"INDX", "block")[100:] == content[100:]


@pytest.mark.parametrize(
    "torn",
    [
        (510, b"\x08\0"),
        (1022, b"\x06\0"),
        (48, b"\x09\0"),
        (0, b"BAAD"),
        (0, bytes(4)),
        (4, b"\xff\xff"),
        (6, b"\0\0"),
        (6, b"\x02\0"),
        (6, b"\xff\xff"),
    ],
    ids=["first sector", "second sector", "number", "marked bad", "empty", "outside", "none", "too few", "too many"],
)
def test_a_torn_record_is_refused(torn: tuple[int, bytes]) -> None:
    with pytest.raises(Unreadable):
        parse(patched(SOUND, torn), 30)


@pytest.mark.parametrize("length", [16, 23, 56, 500, 513])
def test_a_record_that_is_too_short_is_refused(length: int) -> None:
    with pytest.raises(Unreadable):
        parse(SOUND[:length], 30)


@pytest.mark.parametrize(
    "damage",
    [
        (60, struct.pack("<I", 0)),
        (60, struct.pack("<I", 16)),
        (60, struct.pack("<I", 4096)),
        (60, struct.pack("<I", 2**32 - 8)),
        (60, struct.pack("<I", 57)),
        (72, struct.pack("<I", 2**32 - 1)),
        (76, b"\xff\xff"),
    ],
    ids=["no length", "short", "beyond", "far beyond", "odd", "content beyond", "content far"],
)
def test_an_attribute_that_does_not_fit_its_record_is_refused(damage: tuple[int, bytes]) -> None:
    with pytest.raises(Unreadable):
        parse(patched(SOUND, damage), 30)


def test_attributes_without_an_end_marker_end_with_their_record() -> None:
    head = struct.unpack_from("<I", SOUND, 24)[0]
    assert len(parse(patched(SOUND, (24, struct.pack("<I", head - 8))), 30).attributes) == 2
    assert parse(patched(SOUND, (20, b"\xff\xff")), 30).attributes == []


def test_a_non_resident_attribute_with_a_short_header_is_refused() -> None:
    short = struct.pack("<IIBBHHH", 0x80, 32, 1, 0, 64, 0, 0).ljust(32, b"\0")
    with pytest.raises(Unreadable):
        parse(crafted.record(short), 30)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.binary(min_size=1, max_size=8)), min_size=1, max_size=3))
def test_a_changed_record_is_refused_or_its_attributes_are_within_it(patches: list[tuple[int, bytes]]) -> None:
    try:
        found = parse(patched(SOUND, *patches), 30)
    except Unreadable:
        return
    assert all(
        len(attribute.content or attribute.runs) <= len(SOUND) and len(attribute.name) <= 255
        for attribute in found.attributes
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0x10, 0x80, 0xA0]),
            st.text("ab日", max_size=9),
            st.integers(0, 2**40),
            st.integers(0, 2**63),
        ),
        max_size=20,
    )
)
def test_an_attribute_list_is_parsed_to_its_entries(entries: list[tuple[int, str, int, int]]) -> None:
    data = b"".join(crafted.list_entry(kind, at, first, name) for kind, name, first, at in entries)
    assert list(records.list_entries(data)) == [
        ListEntry(kind, name, first, Reference.of(at)) for kind, name, first, at in entries
    ]


@pytest.mark.parametrize("length", [0, 8, 25, 40, 65535])
def test_an_entry_of_an_attribute_list_with_an_invalid_length_is_refused(length: int) -> None:
    with pytest.raises(Unreadable):
        list(records.list_entries(patched(crafted.list_entry(0x80, 5), (4, struct.pack("<H", length)))))


def file_names(*attributes: bytes, **how: int) -> list[tuple[str, Reference, Reference]]:
    return list(records.file_names(crafted.record(*attributes, sequence=4, **how), 40))


def test_a_record_has_names_only_where_it_is_in_use_and_no_extension() -> None:
    names = [
        crafted.resident(crafted.FILE_NAME, crafted.file_name(name, 3 << 48 | 5)) for name in ("Long name", "LONG~1")
    ]
    assert file_names(*names) == [(name, Reference(5, 3), Reference(40, 4)) for name in ("Long name", "LONG~1")]
    assert file_names(*names, flags=0) == file_names(*names, base=77) == file_names() == []
    assert list(records.file_names(bytes(1024), 40)) == []
    assert file_names(crafted.resident(crafted.FILE_NAME, b"short")) == []
