"""Values of a key (vk), and their data.

Value:      0  2  "vk"     2  2  length of the name; 0: the key's default value     20  name
            4  4  length of the data; bit 31: the data, at most 4 bytes, is the next field itself
            8  4  offset of the data's cell      12  4  type       16  2  flags (1: the name is compressed)
Big data:   0  2  "db"     2  2  number of segments     4  4  offset of the list of their cells (4 bytes each)
            For data longer than 16344 bytes; every segment but the last holds 16344.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from functools import partial
from typing import Literal, NamedTuple

from imagedrop.inspection.registry.cells import Cells, batches
from imagedrop.inspection.registry.names import decoded
from imagedrop.inspection.registry.nodes import Node
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.upper_case import upper

Value = str | int | bytes | list[str]

KEY_VALUE = struct.Struct("<2xHI4sIH2x")
BIG_DATA = struct.Struct("<2sHI")
OFFSET = struct.Struct("<I")
MAX_VALUES = 4096  # of a key
MAX_DATA = 1 << 16  # bytes; the values that are asked for are short
MAX_TEXT = 4096  # characters
SEGMENT = 16344
GUESS = 60  # bytes: a value with a name of 40 characters
COMPRESSED = 1
INLINE = 1 << 31
REG_SZ, REG_EXPAND_SZ, REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_MULTI_SZ, REG_QWORD = 1, 2, 4, 5, 7, 11
INTEGERS: Mapping[int, tuple[int, Literal["little", "big"]]] = {  # type -> size, byte order
    REG_DWORD: (4, "little"), REG_DWORD_BIG_ENDIAN: (4, "big"), REG_QWORD: (8, "little")
}  # fmt: skip


class StoredValue(NamedTuple):
    """`length`: with INLINE; `field`: the data itself, or the offset of its cell."""

    offset: int
    name: str
    length: int
    field: bytes
    type: int


def find(cells: Cells, node: Node, names: Collection[str]) -> dict[str, Value]:
    """`names`: in upper case. Those that are there by the same names; the first of two with one name."""
    found: dict[str, StoredValue] = {}
    lengths = set(map(len, names))  # most values are excluded by length: putting long names in upper case is slow
    for batch in batches(_offsets(cells, node)):
        for value in fetch_together(*[partial(_value, cells, offset) for offset in batch]):
            if len(value.name) in lengths and (name := upper(value.name)) in names:
                found.setdefault(name, value)
        if len(found) == len(names):
            break
    data = fetch_together(*[partial(_data, cells, value) for value in found.values()])
    return {name: typed(value.type, raw) for (name, value), raw in zip(found.items(), data, strict=True)}


def _offsets(cells: Cells, node: Node) -> list[int]:
    if not node.values:
        return []
    if node.values > MAX_VALUES:
        raise cells.malformed("key", node.offset, f"claims {node.values} values")
    stored = cells.exactly("list of values", node.values_list, OFFSET.size * node.values)
    return [offset for (offset,) in OFFSET.iter_unpack(stored)]


def _value(cells: Cells, offset: int) -> StoredValue:
    data = cells.record("value", offset, (b"vk",), KEY_VALUE.size, GUESS, _size)
    _, length, field, kind, flags = KEY_VALUE.unpack_from(data)
    return StoredValue(offset, decoded(data[KEY_VALUE.size :], bool(flags & COMPRESSED)), length, field, kind)


def _size(data: bytes) -> int:
    return KEY_VALUE.size + int(KEY_VALUE.unpack_from(data)[0])


def _data(cells: Cells, value: StoredValue) -> bytes:
    length = value.length & ~INLINE
    if length > (4 if value.length & INLINE else MAX_DATA):
        raise cells.malformed("value", value.offset, f"claims {length} bytes of data")
    if value.length & INLINE:
        return value.field[:length]
    if not length:
        return b""
    offset = int.from_bytes(value.field, "little")
    if length > SEGMENT:
        signature, segments, list_offset = BIG_DATA.unpack_from(cells.exactly("data", offset, BIG_DATA.size))
        if (signature, segments) == (b"db", -(-length // SEGMENT)):  # other writers put long data in one cell
            return _big_data(cells, list_offset, length)
    return cells.exactly("data", offset, length)


def _big_data(cells: Cells, list_offset: int, length: int) -> bytes:
    lengths = [min(SEGMENT, length - start) for start in range(0, length, SEGMENT)]
    stored = cells.exactly("list of segments", list_offset, OFFSET.size * len(lengths))
    segments = zip(OFFSET.iter_unpack(stored), lengths, strict=True)
    return b"".join(fetch_together(*[partial(cells.exactly, "segment", offset, part) for (offset,), part in segments]))


def typed(kind: int, raw: bytes) -> Value:
    """Texts end at the first zero; long ones are cut. Integers of a wrong size, and all other types, stay bytes."""
    if kind in (REG_SZ, REG_EXPAND_SZ):
        return _text(raw).partition("\0")[0]
    if kind == REG_MULTI_SZ:
        strings = _text(raw).split("\0")
        return strings[: strings.index("")] if "" in strings else strings
    size, order = INTEGERS.get(kind, (-1, "little"))
    return int.from_bytes(raw, order) if len(raw) == size else raw


def _text(raw: bytes) -> str:
    return raw[: min(len(raw) & ~1, 2 * MAX_TEXT)].decode("utf-16-le", "replace")
