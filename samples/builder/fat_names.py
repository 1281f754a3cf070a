"""FAT directory entries. FAT specification: short ones of 32 bytes, preceded by long ones where 8.3 is too narrow."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

from samples.builder.recipe import MADE

DIRECTORY, ARCHIVE, LABEL, LONG_NAME = 0x10, 0x20, 0x08, 0x0F
LAST = 0x40
DATE = (MADE.year - 1980) << 9 | MADE.month << 5 | MADE.day
TIME = MADE.hour << 11 | MADE.minute << 5 | MADE.second // 2


def entry(short: bytes, attributes: int, cluster: int = 0, size: int = 0) -> bytes:
    """`short` is name and extension, padded to 8 and 3; `cluster` the first of the content, 0 for none."""
    high, low = divmod(cluster, 1 << 16)
    return struct.pack("<11s3B7HI", short, attributes, 0, 0, TIME, DATE, DATE, high, TIME, DATE, low, size)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Name -> its 8.3 name, different from all others here; numbered with ~ where the name is not one itself."""
    found: dict[str, str] = {}
    for name in names:
        stem, dot, extension = name.upper().rpartition(".") if "." in name else (name.upper(), "", "")
        kept = re.sub(r"[^A-Z0-9_-]", "", stem)
        fits = kept == stem and len(stem) <= 8 and len(extension) <= 3
        stems = ([stem] if fits else []) + [f"{kept[: 7 - len(str(number))]}~{number}" for number in range(1, 1000)]
        taken = set(found.values())
        found[name] = next(short for each in stems if (short := each + dot + extension[:3]) not in taken)
    return found


def padded(short: str) -> bytes:
    """The 11 bytes of an entry."""
    stem, _, extension = short.partition(".")
    return f"{stem:8}{extension:3}".encode()


def long_entries(name: str, short: str) -> bytes:
    """The entries that spell a name out, last part first; none where the short one says it all."""
    if name == short:
        return b""
    units = name.encode("utf-16-le") + b"\0\0"
    units = units[: -2 if len(units) % 26 == 2 else None]  # no terminator where the last part is full
    count = -(-len(units) // 26)
    units = units.ljust(26 * count, b"\xff")
    parts = [_long_entry(at, units[26 * at :], short, at + 1 == count) for at in range(count)]
    return b"".join(reversed(parts))


def _long_entry(at: int, units: bytes, short: str, last: bool) -> bytes:
    order = at + 1 | (LAST if last else 0)
    return struct.pack(
        "<B10s3B12sH4s", order, units[:10], LONG_NAME, 0, _checksum(padded(short)), units[10:22], 0, units[22:26]
    )


def _checksum(short: bytes) -> int:
    total = 0
    for byte in short:
        total = ((total >> 1 | total << 7) + byte) & 0xFF
    return total
