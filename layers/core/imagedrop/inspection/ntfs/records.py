"""One record of the MFT, and its attributes. Everything is little-endian.

Record:      0 4 "FILE"    4 2 offset, 6 2 length of the update sequence    16 2 sequence number    20 2 first attribute
            22 2 flags: 1 in use, 2 a directory    24 4 bytes used    32 8 the base record, of an extension
Update sequence: a number, then one value for each 512 bytes, which replaces the number found at their end.
Attribute:   0 4 type, 0xFFFFFFFF ends    4 4 length    8 1 not resident    9 1 length, 10 2 offset of the name
            12 2 flags: 0x00FF packed (1: LZNT1), 0x4000 encrypted, 0x8000 sparse
  resident: 16 4 length, 20 2 offset of the content
  not:      16 8 first, 24 8 last cluster    32 2 offset of the runs    34 2 clusters a packed unit, power of 2
            40 8 allocated, 48 8 real, 56 8 written (initialised) size; of the first piece only
List of attributes (0x20), an entry:   0 4 type   4 2 length   6 1 length, 7 1 offset of the name   8 8 first cluster
            16 8 the record that holds it
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.inspection.errors import Unreadable, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD, LIST, FILE_NAME, VOLUME_INFORMATION, DATA, INDEX_ROOT, INDEX_ALLOCATION, REPARSE_POINT = (
    0x10, 0x20, 0x30, 0x70, 0x80, 0x90, 0xA0, 0xC0,
)  # fmt: skip
IN_USE, DIRECTORY = 1, 2
PACKED, ENCRYPTED = 0x00FF, 0x4000
ATTRIBUTES_MOST = 512
STRIDE = 512


class Reference(NamedTuple):
    """A record of the MFT and how often it had been used when it was meant; 0: whichever use."""

    number: int
    sequence: int

    @classmethod
    def of(cls, packed: int) -> Reference:
        return cls(packed & 0xFFFFFFFFFFFF, packed >> 48)


class Attribute(NamedTuple):
    """`content`: of a resident one, else None; then `first` (cluster) and `runs` say where it lies."""

    type: int
    name: str
    flags: int
    content: bytes | None
    first: int = 0
    runs: bytes = b""
    unit: int = 0  # clusters of a packed unit
    size: int = 0
    written: int = 0


class Listed(NamedTuple):
    """One entry of an attribute list: where a piece of which attribute lies."""

    type: int
    name: str
    first: int
    at: Reference


class Record(NamedTuple):
    sequence: int
    flags: int
    base: Reference
    attributes: list[Attribute]


def fixed(data: bytes, signature: bytes, what: str) -> bytes:
    """The block with its update sequence undone. Raises Unreadable where it is torn or something else."""
    at, count = struct.unpack_from("<HH", data, 4)
    if not data.startswith(signature):
        raise malformed(what, f'it begins with {data[:4]!r} instead of "{signature.decode()}"')
    if count != len(data) // STRIDE + 1 or at + 2 * count > len(data):
        raise malformed(what, f"{count} values of update sequence at {at}")
    out = bytearray(data)
    for number in range(1, count):
        end = number * STRIDE
        if out[end - 2 : end] != data[at : at + 2]:
            raise malformed(what, "it was written only in part: its update sequence does not fit")
        out[end - 2 : end] = data[at + 2 * number : at + 2 * number + 2]
    return bytes(out)


def parse(data: bytes, number: int) -> Record:
    """Raises Unreadable."""
    what = f"MFT record {number}"
    record = fixed(data, b"FILE", what)
    sequence, _, first, flags, used = struct.unpack_from("<HHHHI", record, 16)
    base = Reference.of(struct.unpack_from("<Q", record, 32)[0])
    return Record(sequence, flags, base, list(_attributes(record[: min(used, len(record))], first, what)))


def names(data: bytes, number: int) -> Iterator[tuple[str, Reference, Reference]]:
    """(name, directory, itself) as a record in use says; nothing where it is not sound (the key: index.py)."""
    try:
        record = parse(data, number)
    except Unreadable:
        return
    if not record.flags & IN_USE or record.base.number:
        return
    for one in record.attributes:
        content = one.content or b""
        if one.type == FILE_NAME and len(content) > 66:
            parent = Reference.of(struct.unpack_from("<Q", content)[0])
            yield _text(content, 66, content[64]), parent, Reference(number, record.sequence)


def _attributes(record: bytes, at: int, what: str) -> Iterator[Attribute]:
    for _ in range(ATTRIBUTES_MOST):
        if at + 8 > len(record):
            return
        kind, length = struct.unpack_from("<II", record, at)
        if kind == 0xFFFFFFFF:
            return
        if length < 24 or length % 8 or at + length > len(record):
            raise malformed(what, f"an attribute of {length} bytes at {at}")
        yield _attribute(kind, record[at : at + length], what)
        at += length
    raise malformed(what, "its attributes do not end")


def _attribute(kind: int, data: bytes, what: str) -> Attribute:
    elsewhere, name_length, name_at, flags = struct.unpack_from("<BBHH", data, 8)
    name = _text(data, name_at, name_length)
    if not elsewhere:
        length, offset = struct.unpack_from("<IH", data, 16)
        if offset + length > len(data):
            raise malformed(what, f"attribute {kind:#x} has {length} bytes at {offset}")
        return Attribute(kind, name, flags, data[offset : offset + length], size=length, written=length)
    if len(data) < 64:
        raise malformed(what, f"attribute {kind:#x} is too short")
    first, _, runs_at, unit = struct.unpack_from("<QQHH", data, 16)
    size, written = struct.unpack_from("<QQ", data, 48)
    return Attribute(kind, name, flags, None, first, data[runs_at:], 1 << unit if 0 < unit <= 16 else 0, size, written)


def listed(data: bytes) -> Iterator[Listed]:
    """The entries of an attribute list. Raises Unreadable."""
    at = 0
    while at + 26 <= len(data):
        kind, length, name_length, name_at = struct.unpack_from("<IHBB", data, at)
        first, packed = struct.unpack_from("<QQ", data, at + 8)
        if length < 26 or at + length > len(data):
            raise malformed("NTFS attribute list", f"an entry of {length} bytes")
        yield Listed(kind, _text(data, at + name_at, name_length), first, Reference.of(packed))
        at += length


def _text(data: bytes, at: int, characters: int) -> str:
    return data[at : at + 2 * characters].decode("utf-16-le", "replace")


def pieces(attributes: list[Attribute], kind: int, name: str) -> list[Attribute]:
    """Those of one attribute, in the order of the record."""
    return [one for one in attributes if one.type == kind and one.name == name]
