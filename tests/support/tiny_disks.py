"""Disk images of a few kilobytes: only the headers of each format."""

from __future__ import annotations

import struct
import uuid

GIB = 1 << 30
SECTOR = 512


def raw(size: int = 1 << 16, *, boot: bool = True) -> bytes:
    disk = bytearray(size)
    disk[510:512] = b"\x55\xaa" if boot else b"\0\0"
    return bytes(disk)


def qcow2(capacity: int, *, version: int = 3, backing: int = 0, crypt: int = 0) -> bytes:
    header = struct.pack(">4sIQIIQI", b"QFI\xfb", version, backing, 0, 16, capacity, crypt)
    return header.ljust(4096, b"\0")


def qcow(capacity: int, *, backing: int = 0) -> bytes:
    header = struct.pack(">4sIQIIQBBHI", b"QFI\xfb", 1, backing, 0, 0, capacity, 12, 9, 0, 0)
    return header.ljust(4096, b"\0")


def qed(capacity: int, *, features: int = 0) -> bytes:
    header = struct.pack("<4sIIIQQQQQ", b"QED\0", 65536, 4, 1, features, 0, 0, 65536, capacity)
    return header.ljust(4096, b"\0")


def vdi(capacity: int, *, kind: int = 1) -> bytes:
    disk = bytearray(4096)
    disk[64:68] = b"\x7f\x10\xda\xbe"
    struct.pack_into("<I", disk, 76, kind)
    struct.pack_into("<Q", disk, 368, capacity)
    return bytes(disk)


def vhd_footer(current: int, geometry: tuple[int, int, int], *, kind: int = 3) -> bytes:
    footer = bytearray(SECTOR)
    footer[:8] = b"conectix"
    struct.pack_into(">QQHBBI", footer, 40, current, current, *geometry, kind)
    return bytes(footer)


def vhd(capacity: int, *, kind: int = 3, geometry: tuple[int, int, int] = (1, 1, 1)) -> bytes:
    """A dynamic disk: the footer at both ends."""
    footer = vhd_footer(capacity, geometry, kind=kind)
    return footer + bytes(4096) + footer


def vhdx(capacity: int, *, differencing: bool = False) -> bytes:
    metadata = 1 << 20
    disk = bytearray(metadata + (1 << 17))
    disk[:8] = b"vhdxfile"
    table = 192 << 10
    struct.pack_into("<4sIII", disk, table, b"regi", 0, 1, 0)
    disk[table + 16 : table + 32] = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
    struct.pack_into("<QII", disk, table + 32, metadata, 1 << 20, 1)
    struct.pack_into("<8sHH", disk, metadata, b"metadata", 0, 2)
    items = (
        ("caa16737-fa36-4d43-b3b6-33f0aa44e76b", struct.pack("<II", 1 << 20, 2 if differencing else 0)),
        ("2fa54224-cd1b-4876-b211-5dbed83bf4b8", struct.pack("<Q", capacity)),
    )
    for number, (kind, value) in enumerate(items):
        entry, offset = metadata + 32 + 32 * number, (64 << 10) + 16 * number
        disk[entry : entry + 16] = uuid.UUID(kind).bytes_le
        struct.pack_into("<III", disk, entry + 16, offset, len(value), 0)
        disk[metadata + offset : metadata + offset + len(value)] = value
    return bytes(disk)


def vmdk(capacity: int, *, parent: str = "ffffffff") -> bytes:
    """A sparse disk with an embedded descriptor."""
    descriptor = f"# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID={parent}\n".encode()
    header = struct.pack("<4sIIQQQQ", b"KDMV", 1, 3, capacity // SECTOR, 128, 1, 2)
    return header.ljust(SECTOR, b"\0") + descriptor.ljust(2 * SECTOR, b"\0")
