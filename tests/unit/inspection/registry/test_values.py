"""Values: their types, and how their data is stored."""

from __future__ import annotations

import struct

import pytest

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.registry import Value
from imagedrop.inspection.registry.values import MAX_VALUES, SEGMENT
from tests.unit.inspection.registry.hives import NONE, HiveBuilder, existing_key, fixture, open_hive


def text(value: str) -> bytes:
    return value.encode("utf-16-le")


@pytest.mark.parametrize(
    ("kind", "data", "value"),
    [
        (1, text("Windows\0"), "Windows"),
        (1, text("no zero"), "no zero"),
        (1, text("first\0second\0"), "first"),
        (1, text("odd\0") + b"x", "odd"),
        (1, text("odd") + b"x", "odd"),
        (1, b"a\0\x00\xd8", "a\ufffd"),
        (1, b"", ""),
        (2, text("%SystemRoot%\0"), "%SystemRoot%"),
        (4, b"\1\2\0\0", 0x201),
        (4, b"\xff\xff\xff\xff", 0xFFFFFFFF),
        (4, b"\1\2", b"\1\2"),
        (4, b"", b""),
        (5, b"\0\0\2\1", 0x201),
        (11, b"\1" + bytes(7), 1),
        (11, b"\1\0\0\0", b"\1\0\0\0"),
        (7, text("a\0bc\0\0"), ["a", "bc"]),
        (7, text("a\0bc"), ["a", "bc"]),
        (7, text("a\0\0b\0\0"), ["a"]),
        (7, text("\0"), []),
        (7, b"", []),
        (0, b"raw", b"raw"),
        (3, b"raw", b"raw"),
        (6, text("\\Registry"), text("\\Registry")),
        (0xFFFF0012, b"raw", b"raw"),
    ],
)
def test_a_value_is_decoded_by_its_type(kind: int, data: bytes, value: Value) -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.with_values(builder.value("Name", kind, data)))
    assert key.values("name") == {"name": value}


@pytest.mark.parametrize("length", range(5))
def test_data_of_up_to_four_bytes_is_stored_in_the_value(length: int) -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.with_values(builder.value("Name", 3, b"\1\2\3\4"[:length], inline=True)))
    assert key.values("Name") == {"Name": b"\1\2\3\4"[:length]}


def test_a_value_without_a_name_is_the_default_one() -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.with_values(builder.value("other", 4, bytes(4)), builder.value("", 1, text("x\0"))))
    assert key.values("") == {"": "x"}


def test_the_first_of_two_values_with_one_name_counts() -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.with_values(*(builder.value(name, 1, text(name)) for name in ("Name", "NAME"))))
    assert key.values("name") == {"name": "Name"}


def test_values_are_returned_by_the_names_as_given() -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.with_values(builder.value("Name", 1, text("x"))))
    assert key.values("NAME", "missing") == {"NAME": "x"}
    assert key.values("name", "nAme", "MISSING") == {"name": "x", "nAme": "x"}


@pytest.mark.parametrize("length", [SEGMENT, SEGMENT + 1, 2 * SEGMENT, 2 * SEGMENT + 1, 1 << 16])
def test_the_segments_of_big_data_are_joined(length: int) -> None:
    builder = HiveBuilder()
    data = bytes(range(251)) * (length // 251 + 1)
    data = data[:length]
    segments = [builder.cell(data[at : at + SEGMENT] + b"pad!") for at in range(0, length, SEGMENT)]
    listed = builder.cell(struct.pack(f"<{len(segments)}I", *segments))
    big = builder.cell(struct.pack("<2sHI", b"db", len(segments), listed)) if len(segments) > 1 else segments[0]
    key = builder.opened(builder.with_values(builder.raw_value("Big", length, struct.pack("<I", big), 3)))
    assert key.values("Big") == {"Big": data}


def test_long_data_in_one_cell_may_begin_like_big_data() -> None:
    builder = HiveBuilder()
    data = b"db" + bytes(20000)
    key = builder.opened(builder.with_values(builder.value("Big", 3, data)))
    assert key.values("Big") == {"Big": data}


def test_the_last_of_4096_values_is_found() -> None:
    builder = HiveBuilder()
    values = [
        builder.value(f"value {number}", 4, struct.pack("<I", number), inline=True) for number in range(MAX_VALUES)
    ]
    key = builder.opened(builder.with_values(*values))
    assert key.values("value 0", "VALUE 4095") == {"value 0": 0, "VALUE 4095": 4095}


@pytest.mark.parametrize(
    ("length", "why"),
    [((1 << 16) + 1, "65537 bytes"), (0x7FFFFFFF, "2147483647 bytes"), (1 << 31 | 5, "5 bytes"), (64, "not 64")],
)
def test_an_invalid_data_length_is_refused(length: int, why: str) -> None:
    builder = HiveBuilder()
    data = struct.pack("<I", builder.cell(b"short"))
    key = builder.opened(builder.with_values(builder.raw_value("Name", length, data, 3)))
    with pytest.raises(Unreadable) as caught:
        key.values("Name")
    assert why in caught.value.values["why"]


@pytest.mark.parametrize("count", [MAX_VALUES + 1, NONE])
def test_more_than_4096_values_are_refused(count: int) -> None:
    builder = HiveBuilder()
    listed = builder.cell(struct.pack("<I", builder.value("Name", 1, b"")) * (MAX_VALUES + 1))
    with pytest.raises(Unreadable):
        builder.opened(builder.key("key", values=(count, listed))).values("any")


def test_malformed_data_of_another_value_does_not_matter() -> None:
    builder = HiveBuilder()
    broken = builder.raw_value("Broken", 99, struct.pack("<I", NONE), 3)
    key = builder.opened(builder.with_values(broken, builder.value("Good", 1, text("x"))))
    assert key.values("good") == {"good": "x"}
    with pytest.raises(Unreadable):
        key.values("broken")


@pytest.mark.parametrize("change", [(2, b"\1"), (4, b"\xff\xff\xff\xff"), (4, bytes(4))])
def test_malformed_big_data_is_refused(change: tuple[int, bytes]) -> None:
    data = bytearray(fixture("lh"))
    at = data.index(b"db\3\0") + change[0]
    data[at : at + len(change[1])] = change[1]
    key = existing_key(open_hive(bytes(data)).root(), "Microsoft\\Windows NT\\CurrentVersion")
    with pytest.raises(Unreadable):
        key.values("Big")
