"""Detects the format of an object from its first and last bytes, deliberately independent of imagedrop's inspection.

at 0      KDMV            VMDK sparse: capacity in sectors @12, descriptor's sector @28
          QFI\\xfb         QCOW and QCOW2: version @4, backing file @8, virtual size @24, all big-endian
          QED\\0           features @16 (bit 0: backing file), image size @48
          vhdxfile        region table @192 KiB -> metadata -> virtual disk size
          conectix        VHD dynamic: a copy of the footer
at 64     7f 10 da be     VDI: type @76 (4: differencing), disk size @368
last 512  conectix        VHD footer: current size @48, geometry @56, type @60 (4: differencing)
at 510    55 aa           raw, with a boot sector
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal

VhdRule = Literal["largest", "geometry", "current"]
Read = Callable[[int, int], bytes]

_KIB = 1 << 10
_SECTOR = 512
_METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
_VIRTUAL_DISK_SIZE = uuid.UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8").bytes_le
_FILE_PARAMETERS = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
_LARGEST_GEOMETRY = 65535 * 16 * 255


@dataclass(frozen=True)
class DetectedFormat:
    """`format` None: unknown. `capacity` in bytes, None if unknown. `problem`: why IMS cannot import it."""

    format: str | None
    capacity: int | None = None
    problem: str | None = None


def detect(stream: BinaryIO, size: int, key: str, vhd: VhdRule = "largest") -> DetectedFormat:
    """The format of an object of `size` bytes. Never raises, whatever the content."""

    def read(offset: int, length: int) -> bytes:
        if not 0 <= offset <= size - length:
            raise _Truncated
        stream.seek(offset)
        return stream.read(length)

    name, reader = _by_head(stream, size)
    try:
        return reader(read) if reader else _by_footer_or_name(read, size, key, vhd)
    except (_Truncated, struct.error):
        return DetectedFormat(name, None, "it is cut short or damaged")


class _Truncated(Exception):
    """The object ends before its format says."""


def _by_head(stream: BinaryIO, size: int) -> tuple[str | None, Callable[[Read], DetectedFormat] | None]:
    stream.seek(0)
    head = stream.read(min(size, 68))
    for offset, magic, name, reader in _MAGICS:
        if head[offset : offset + len(magic)] == magic:
            return name, reader
    return None, None


def _vmdk(read: Read) -> DetectedFormat:
    capacity, _, at, sectors = struct.unpack("<QQQQ", read(12, 32))
    text = read(at * _SECTOR, min(sectors * _SECTOR, 20 * _KIB)) if at else b""
    if re.search(rb"parentCID\s*=\s*(?!f{8})\w", text, re.IGNORECASE):
        return DetectedFormat("vmdk", capacity * _SECTOR, "it is a snapshot delta and refers to another file")
    return DetectedFormat("vmdk", capacity * _SECTOR)


def _vmdk_descriptor(read: Read) -> DetectedFormat:
    return DetectedFormat("vmdk", None, "it is only a descriptor: the disk's data is in another file")


def _qcow(read: Read) -> DetectedFormat:
    version, backing = struct.unpack(">IQ", read(4, 12))
    (capacity,) = struct.unpack(">Q", read(24, 8))
    (crypt,) = struct.unpack(">I", read(36 if version == 1 else 32, 4))
    fault = "it refers to a backing file" if backing else "it is encrypted" if crypt else None
    return DetectedFormat("qcow" if version == 1 else "qcow2", capacity, fault)


def _qed(read: Read) -> DetectedFormat:
    (features,) = struct.unpack("<Q", read(16, 8))
    (capacity,) = struct.unpack("<Q", read(48, 8))
    return DetectedFormat("qed", capacity, "it refers to a backing file" if features & 1 else None)


def _vdi(read: Read) -> DetectedFormat:
    (kind,) = struct.unpack("<I", read(76, 4))
    (capacity,) = struct.unpack("<Q", read(368, 8))
    return DetectedFormat("vdi", capacity, None if kind in (1, 2) else "it is a differencing disk")


def _vhdx(read: Read) -> DetectedFormat:
    regions = _entries(read, 192 * _KIB, b"regi", 16, 32, 8)
    (metadata,) = struct.unpack_from("<Q", regions.get(_METADATA, b""), 16)
    items = _entries(read, metadata, b"metadata", 32, 32, 10)

    def item(kind: bytes, length: int) -> bytes:
        (offset,) = struct.unpack_from("<I", items.get(kind, b""), 16)
        return read(metadata + offset, length)

    (capacity,) = struct.unpack("<Q", item(_VIRTUAL_DISK_SIZE, 8))
    differencing = item(_FILE_PARAMETERS, 8)[4] & 2
    return DetectedFormat("vhdx", capacity, "it is a differencing disk" if differencing else None)


def _entries(read: Read, at: int, signature: bytes, first: int, length: int, count_at: int) -> dict[bytes, bytes]:
    """A table of VHDX: entries by their GUID."""
    table = read(at, 64 * _KIB)
    count = int.from_bytes(table[count_at : count_at + 2], "little")
    if not table.startswith(signature) or count > 2047:
        raise _Truncated
    starts = range(first, first + count * length, length)
    return {table[start : start + 16]: table[start : start + length] for start in starts}


def _by_footer_or_name(read: Read, size: int, key: str, vhd: VhdRule) -> DetectedFormat:
    """Formats known by footer, file name or boot sector."""
    if size >= _SECTOR and (footer := read(size - _SECTOR, _SECTOR)).startswith(b"conectix"):
        return _vhd(footer, vhd)
    if size >= _SECTOR and read(0, 8) == b"conectix":
        return DetectedFormat("vhd", None, "it is cut short: the footer is missing")
    suffix = key.lower().rsplit(".", 1)[-1]
    if suffix in ("zvhd", "zvhd2"):
        return DetectedFormat(suffix)  # no public layout: only IMS can read it
    if size > 0x8006 and read(0x8001, 5) == b"CD001":
        return DetectedFormat("iso", size)
    if size % _SECTOR == 0 and size and read(510, 2) == b"\x55\xaa":
        return DetectedFormat("raw", size)
    return DetectedFormat(None)


def _vhd(footer: bytes, rule: VhdRule) -> DetectedFormat:
    (current,) = struct.unpack_from(">Q", footer, 48)
    cylinders, heads, sectors, kind = struct.unpack_from(">HBBI", footer, 56)
    geometry = cylinders * heads * sectors
    if rule == "current" or geometry >= _LARGEST_GEOMETRY:
        capacity = current
    else:
        capacity = geometry * _SECTOR if rule == "geometry" else max(current, geometry * _SECTOR)
    return DetectedFormat("vhd", capacity, None if kind in (2, 3) else "it is a differencing disk")


_MAGICS: tuple[tuple[int, bytes, str, Callable[[Read], DetectedFormat]], ...] = (
    (0, b"KDMV", "vmdk", _vmdk),
    (0, b"# Disk DescriptorFile", "vmdk", _vmdk_descriptor),
    (0, b"COWD", "vmdk", _vmdk_descriptor),
    (0, b"QFI\xfb", "qcow2", _qcow),
    (0, b"QED\0", "qed", _qed),
    (0, b"vhdxfile", "vhdx", _vhdx),
    (64, b"\x7f\x10\xda\xbe", "vdi", _vdi),
)
