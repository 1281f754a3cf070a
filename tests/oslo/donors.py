"""Valid images of two kinds that oslo's tests do not have: a GPT with entries, and a VMDK with a correct footer.

Layouts: UEFI specification 2.10, chapter 5; VMware Virtual Disk Format 5.0.
"""

from __future__ import annotations

import struct
import uuid
import zlib

SECTOR = 512
SECTORS = 4096
BASIC_DATA = uuid.UUID("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7")
ENTRIES = 128  # of 128 bytes
USABLE = 34, SECTORS - 34  # first and last sector
AT_END = b"\xff" * 8


def gpt() -> bytes:
    """A disk of 2 MiB: protective MBR, GPT, one empty partition, the backup."""
    entry = struct.pack("<16s16sQQ56x", BASIC_DATA.bytes_le, uuid.UUID(int=1).bytes_le, 64, 2047)
    entries = entry.ljust(ENTRIES * 128, b"\0")
    last = SECTORS - 1
    disk = bytearray(SECTORS * SECTOR)
    parts = ((0, _mbr()), (1, _header(entries, 1, last, 2)), (2, entries))
    for at, data in (*parts, (last - 32, entries), (last, _header(entries, last, 1, last - 32))):
        disk[at * SECTOR : at * SECTOR + len(data)] = data
    return bytes(disk)


def with_footer(stream: bytes) -> bytes | None:
    """A streamOptimized VMDK whose header refers to its footer; None where it is another image, or has a footer."""
    (flags,) = struct.unpack_from("<I", stream, 8)
    if stream[:4] != b"KDMV" or not flags >> 17 & 1 or stream[56:64] == AT_END:
        return None
    marker = struct.pack("<QII496x", 1, 0, 3)
    return stream[:56] + AT_END + stream[64:] + marker + stream[:SECTOR] + bytes(SECTOR)


def _mbr() -> bytes:
    entry = struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xEE, b"\xff\xff\xff", 1, SECTORS - 1)
    return bytes(446) + entry + bytes(48) + b"\x55\xaa"


def _header(entries: bytes, own: int, other: int, at: int) -> bytes:
    disk = uuid.UUID(int=2).bytes_le
    rest = struct.pack("<4xQQQQ16sQIII", own, other, *USABLE, disk, at, ENTRIES, 128, zlib.crc32(entries))
    start = struct.pack("<8sII", b"EFI PART", 0x10000, 92)
    return start + struct.pack("<I", zlib.crc32(start + bytes(4) + rest)) + rest
