"""One record of the MFT, and its attributes.

Record:      0 4 "FILE"    4 2 offset, 6 2 length of the update sequence    16 2 sequence number
            20 2 offset of the first attribute    22 2 flags: 1 in use, 2 a directory    24 4 bytes used
            32 8 base record, of an extension record
Update sequence: a number, then one value for each 512 bytes, which replaces the number found at their end.
Attribute:   0 4 type, 0xFFFFFFFF: end of the list    4 4 length    8 1 non-resident    9 1 length, 10 2 offset of the
            name    12 2 flags: 0x00FF compressed (1: LZNT1), 0x4000 encrypted, 0x8000 sparse
  resident: 16 4 length, 20 2 offset of the content
  non-resident:  16 8 first, 24 8 last VCN    32 2 offset of the runs    34 2 log2 of clusters in a compression unit
            40 8 allocated, 48 8 real, 56 8 initialized size (of the first piece only)
Entry of an attribute list:  0 4 type   4 2 length   6 1 length, 7 1 offset of the name   8 8 first VCN
            16 8 the record with this piece
File name:   0 8 directory    64 1 characters of the name    66 the name
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from imagedrop.inspection.errors import Unreadable, malformed

UPDATE_SEQUENCE = struct.Struct("<4sHH")
RECORD = struct.Struct("<16xH2xHHI4xQ")
ATTRIBUTE_START = struct.Struct("<II")
ATTRIBUTE = struct.Struct("<IIBBHH")
RESIDENT = struct.Struct("<16xIH")
NON_RESIDENT = struct.Struct("<16xQ8xHH12xQQ")
LIST_ENTRY = struct.Struct("<IHBBQQ")
FILE_NAME_START = struct.Struct("<Q56xBx")

STANDARD, LIST, FILE_NAME, VOLUME_INFORMATION, DATA, INDEX_ROOT, INDEX_ALLOCATION, REPARSE_POINT = (
    0x10, 0x20, 0x30, 0x70, 0x80, 0x90, 0xA0, 0xC0,
)  # fmt: skip
END = 0xFFFFFFFF
IN_USE, DIRECTORY = 1, 2
COMPRESSED, ENCRYPTED = 0x00FF, 0x4000
MAX_ATTRIBUTES = 512
MIN_ATTRIBUTE, MIN_LIST_ENTRY = 24, 26  # bytes
STRIDE = 512


class Reference(NamedTuple):
    """A record of the MFT. `sequence`: how often the record had been used; 0: any use."""

    number: int
    sequence: int

    @classmethod
    def of(cls, packed: int) -> Reference:
        return cls(packed & 0xFFFFFFFFFFFF, packed >> 48)


class Attribute(NamedTuple):
    """One piece of an attribute. `content`: of a resident one, else None; `runs`: of a non-resident one."""

    type: int
    name: str
    flags: int
    content: bytes | None
    vcn: int = 0
    runs: bytes = b""
    compression_unit: int = 0  # clusters
    size: int = 0
    initialized: int = 0  # bytes


class ListEntry(NamedTuple):
    """Where a piece of an attribute is."""

    type: int
    name: str
    vcn: int
    record: Reference


class Record(NamedTuple):
    sequence: int
    flags: int
    base: Reference
    attributes: list[Attribute]


def undo_update_sequence(data: bytes, signature: bytes, what: str) -> bytes:
    """The record or block as it was before it was written. Raises Unreadable where it is torn or something else."""
    found, at, count = UPDATE_SEQUENCE.unpack_from(data)
    if found != signature:
        raise malformed(what, f'it begins with {found!r} instead of "{signature.decode()}"')
    if count != len(data) // STRIDE + 1 or at + 2 * count > len(data):
        raise malformed(what, f"{count} values of update sequence at {at}")
    out = bytearray(data)
    for number in range(1, count):
        end = number * STRIDE
        if out[end - 2 : end] != data[at : at + 2]:
            raise malformed(what, "it was written only in part: its update sequence does not match")
        out[end - 2 : end] = data[at + 2 * number : at + 2 * number + 2]
    return bytes(out)


def parse(data: bytes, number: int) -> Record:
    """Raises Unreadable."""
    what = f"MFT record {number}"
    record = undo_update_sequence(data, b"FILE", what)
    sequence, first_attribute, flags, used, base = RECORD.unpack_from(record)
    attributes = _attributes(record[: min(used, len(record))], first_attribute, what)
    return Record(sequence, flags, Reference.of(base), list(attributes))


def file_names(data: bytes, number: int) -> Iterator[tuple[str, Reference, Reference]]:
    """(name, directory, this record) for each name of a record in use; nothing where the record is malformed."""
    try:
        record = parse(data, number)
    except Unreadable:
        return
    if not record.flags & IN_USE or record.base.number:
        return
    for attribute in record.attributes:
        content = attribute.content or b""
        if attribute.type == FILE_NAME and len(content) > FILE_NAME_START.size:
            directory, characters = FILE_NAME_START.unpack_from(content)
            name = _text(content, FILE_NAME_START.size, characters)
            yield name, Reference.of(directory), Reference(number, record.sequence)


def _attributes(record: bytes, at: int, what: str) -> Iterator[Attribute]:
    for _ in range(MAX_ATTRIBUTES):
        if at + ATTRIBUTE_START.size > len(record):
            return
        kind, length = ATTRIBUTE_START.unpack_from(record, at)
        if kind == END:
            return
        if length < MIN_ATTRIBUTE or length % 8 or at + length > len(record):
            raise malformed(what, f"an attribute of {length} bytes at {at}")
        yield _attribute(record[at : at + length], what)
        at += length
    raise malformed(what, f"it has more than {MAX_ATTRIBUTES} attributes")


def _attribute(data: bytes, what: str) -> Attribute:
    kind, _, non_resident, name_length, name_at, flags = ATTRIBUTE.unpack_from(data)
    name = _text(data, name_at, name_length)
    if not non_resident:
        length, at = RESIDENT.unpack_from(data)
        if at + length > len(data):
            raise malformed(what, f"attribute {kind:#x} has {length} bytes at {at}")
        return Attribute(kind, name, flags, data[at : at + length], size=length, initialized=length)
    if len(data) < NON_RESIDENT.size:
        raise malformed(what, f"attribute {kind:#x} is too short")
    vcn, runs_at, unit, size, initialized = NON_RESIDENT.unpack_from(data)
    return Attribute(
        kind, name, flags, None, vcn, data[runs_at:], 1 << unit if 0 < unit <= 16 else 0, size, initialized
    )


def list_entries(data: bytes) -> Iterator[ListEntry]:
    """Of an attribute list. Raises Unreadable."""
    at = 0
    while at + MIN_LIST_ENTRY <= len(data):
        kind, length, name_length, name_at, vcn, record = LIST_ENTRY.unpack_from(data, at)
        if length < MIN_LIST_ENTRY or at + length > len(data):
            raise malformed("NTFS attribute list", f"an entry of {length} bytes")
        yield ListEntry(kind, _text(data, at + name_at, name_length), vcn, Reference.of(record))
        at += length


def _text(data: bytes, at: int, characters: int) -> str:
    return data[at : at + 2 * characters].decode("utf-16-le", "replace")


def pieces(attributes: list[Attribute], kind: int, name: str) -> list[Attribute]:
    """Those of one attribute, in the order of the record."""
    return [attribute for attribute in attributes if attribute.type == kind and attribute.name == name]
