"""Names of keys and values: stored, compared, hashed.

Stored either compressed (one byte a character, Latin-1) or as UTF-16. The system compares them in upper case,
character by character; so do the hashes and the order of the lists.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HINTED = 4  # characters of a name in an lf list


def decoded(raw: bytes, compressed: bool) -> str:
    return raw.decode("latin-1") if compressed else raw.decode("utf-16-le", "replace")


def upper(name: str) -> str:
    """As the system's table does: one character for one, and only where the way back leads to the same."""
    return name.upper() if name.isascii() else "".join(map(_upper, name))


def _upper(letter: str) -> str:
    big = letter.upper()
    return big if len(big) == 1 and big.lower() == letter else letter


# hivex, and so virt-v2v and virt-customize, sort by lower case: "_" comes before the letters there, else behind them.
ORDERS: tuple[Callable[[str], str], ...] = (upper, str.lower)


def hashed(name: str) -> int:
    """lh lists: of the upper-case name's UTF-16 characters, times 37 and plus the next, 32 bits."""
    raw = upper(name).encode("utf-16-le", "surrogatepass")
    value = 0
    for (character,) in struct.iter_unpack("<H", raw):
        value = (37 * value + character) & 0xFFFFFFFF
    return value


def hint(name: str) -> bytes:
    """lf lists: how the name begins, in upper case."""
    return upper(name[:HINTED]).encode("ascii", "replace").ljust(HINTED, b"\0")


def may_be(stored: bytes, wanted: bytes) -> bool:
    """Whether hints can be of one name. One of what is not ASCII says nothing: writers differ."""
    return stored.upper() == wanted or not stored.isascii() or 0 in (stored.rstrip(b"\0") or b"\0")
