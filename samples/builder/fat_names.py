"""FAT directory entries of 32 bytes: one for the 8.3 name, after those of a long name. Source: FAT specification."""

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
    """`short`: name and extension, padded to 8 and 3 bytes. `cluster`: first cluster of the content, 0 for none."""
    high, low = divmod(cluster, 1 << 16)
    return struct.pack("<11s3B7HI", short, attributes, 0, 0, TIME, DATE, DATE, high, TIME, DATE, low, size)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Name -> unique 8.3 name; with ~1, ~2 and so on if the name is not an 8.3 name itself."""
    found: dict[str, str] = {}
    for name in names:
        stem, dot, extension = name.upper().rpartition(".") if "." in name else (name.upper(), "", "")
        kept = re.sub(r"[^A-Z0-9_-]", "", stem)
        fits = kept == stem and len(stem) <= 8 and len(extension) <= 3
        stems = ([stem] if fits else []) + [f"{kept[: 7 - len(str(number))]}~{number}" for number in range(1, 1000)]
        taken = set(found.values())
        found[name] = next(short for stem in stems if (short := stem + dot + extension[:3]) not in taken)
    return found


def padded(short: str) -> bytes:
    """An 8.3 name as the 11 bytes of an entry."""
    stem, _, extension = short.partition(".")
    return f"{stem:8}{extension:3}".encode()


def long_entries(name: str, short: str) -> bytes:
    """The entries of a long name, last part first; empty if the short name is the same."""
    if name == short:
        return b""
    units = name.encode("utf-16-le") + b"\0\0"
    units = units[: -2 if len(units) % 26 == 2 else None]  # no terminator if the last part is full
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
