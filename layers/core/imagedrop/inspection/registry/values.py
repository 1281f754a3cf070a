"""Values of a key (vk), and their data.

Value:      0  2  "vk"     2  2  length of the name; without one it is the key's default value     20  the name
            4  4  length of the data; bit 31: it is the next field itself, 4 bytes at most
            8  4  the cell of the data           12  4  type       16  2  flags (1: the name is compressed)
Big data:   0  2  "db"     2  2  segments         4  4  the cell that lists their cells, 4 bytes each
            (data longer than 16344 bytes; every segment but the last has as many)
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Literal, NamedTuple

from imagedrop.inspection.registry.cells import Cells
from imagedrop.inspection.registry.jobs import abreast, batches
from imagedrop.inspection.registry.names import decoded, upper
from imagedrop.inspection.registry.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagedrop.inspection.registry.jobs import Job

Value = str | int | bytes | list[str]

VALUES_MOST = 4096  # of a key
DATA_MOST = 1 << 16  # bytes; what is asked for is short
TEXT_MOST = 4096  # characters
SEGMENT = 16344
HEADER, GUESS = 20, 60  # bytes of a value's cell; with a name of 40 characters
INLINE = 1 << 31


class Stored(NamedTuple):
    offset: int
    name: str
    length: int  # with INLINE
    field: bytes  # the data itself, or its offset
    type: int


def find(cells: Cells, node: Node, names: Mapping[str, str]) -> Job[dict[str, Value]]:
    """`names`: in upper case -> as asked. What is there by the names as asked; of two the first."""
    found: dict[str, Stored] = {}
    lengths = set(map(len, names))  # upper case has the same; long names are not worth it
    for batch in batches((yield from _places(cells, node))):
        for value in (yield from abreast([_value(cells, place) for place in batch])):
            if len(value.name) in lengths and (big := upper(value.name)) in names:
                found.setdefault(names[big], value)
        if len(found) == len(names):
            break
    data = yield from abreast([_data(cells, value) for value in found.values()])
    return {name: typed(value.type, raw) for (name, value), raw in zip(found.items(), data, strict=True)}


def _places(cells: Cells, node: Node) -> Job[list[int]]:
    if not node.values:
        return []
    if node.values > VALUES_MOST:
        raise cells.bad("key", node.offset, f"says that it has {node.values} values")
    listed = yield from cells.whole("list of values", node.values_at, 4 * node.values)
    return [place for (place,) in struct.iter_unpack("<I", listed)]


def _value(cells: Cells, offset: int) -> Job[Stored]:
    data = yield from cells.record("value", offset, (b"vk",), HEADER, GUESS, _extent)
    length, field, kind, flags = struct.unpack_from("<I4sIH", data, 4)
    return Stored(offset, decoded(data[HEADER:], bool(flags & 1)), length, field, kind)


def _extent(data: bytes) -> int:
    return HEADER + int(struct.unpack_from("<H", data, 2)[0])


def _data(cells: Cells, value: Stored) -> Job[bytes]:
    length = value.length & ~INLINE
    if length > (4 if value.length & INLINE else DATA_MOST):
        raise cells.bad("value", value.offset, f"says that it has {length} bytes")
    if value.length & INLINE:
        return value.field[:length]
    if not length:
        return b""
    place = int.from_bytes(value.field, "little")
    if length > SEGMENT:
        head = yield from cells.whole("data", place, 8)
        segments = -(-length // SEGMENT)
        if head[:4] == struct.pack("<2sH", b"db", segments):  # other writers put long data in one cell
            return (yield from _big(cells, int.from_bytes(head[4:], "little"), length))
    return (yield from cells.whole("data", place, length))


def _big(cells: Cells, listed: int, length: int) -> Job[bytes]:
    lengths = [min(SEGMENT, length - at) for at in range(0, length, SEGMENT)]
    places = struct.iter_unpack("<I", (yield from cells.whole("list of segments", listed, 4 * len(lengths))))
    jobs = [cells.whole("segment", place, part) for (place,), part in zip(places, lengths, strict=True)]
    return b"".join((yield from abreast(jobs)))


def typed(kind: int, raw: bytes) -> Value:
    """SZ, EXPAND_SZ: up to the first zero; long texts are cut. Numbers of a wrong length and all else stay bytes."""
    if kind in (1, 2):
        return _text(raw).partition("\0")[0]
    if kind == 7:
        strings = _text(raw).split("\0")
        return strings[: strings.index("")] if "" in strings else strings
    width, order = NUMBERS.get(kind, (-1, "little"))
    return int.from_bytes(raw, order) if len(raw) == width else raw


NUMBERS: Mapping[int, tuple[int, Literal["little", "big"]]] = {4: (4, "little"), 5: (4, "big"), 11: (8, "little")}


def _text(raw: bytes) -> str:
    return raw[: min(len(raw) & ~1, 2 * TEXT_MOST)].decode("utf-16-le", "replace")
