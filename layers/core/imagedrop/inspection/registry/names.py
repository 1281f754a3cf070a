"""Names of keys and values: how they are stored, compared and hashed.

They are stored compressed (one byte a character, Latin-1) or in UTF-16. The system compares them in upper case,
character by character; hashes and the order of lists follow the upper case too.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from imagedrop.inspection.upper_case import upper

UTF_16_UNIT = struct.Struct("<H")
HINT_SIZE = 4  # characters of a name in an lf list


def decoded(raw: bytes, compressed: bool) -> str:
    return raw.decode("latin-1") if compressed else raw.decode("utf-16-le", "replace")


# hivex, and so virt-v2v and virt-customize, sort by lower case: there "_" comes before the letters, else behind them.
ORDERS: tuple[Callable[[str], str], ...] = (upper, str.lower)


def hashed(name: str) -> int:
    """The hash in lh lists: for each UTF-16 unit of the upper-case name, times 37 plus the unit, modulo 2^32."""
    raw = upper(name).encode("utf-16-le", "surrogatepass")
    value = 0
    for (unit,) in UTF_16_UNIT.iter_unpack(raw):
        value = (37 * value + unit) & 0xFFFFFFFF
    return value


def hint(name: str) -> bytes:
    """The hint in lf lists: the first characters of the name, in upper case."""
    return upper(name[:HINT_SIZE]).encode("ascii", "replace").ljust(HINT_SIZE, b"\0")


def may_match(stored: bytes, wanted: bytes) -> bool:
    """Whether two hints can be of one name. A hint that is not ASCII excludes nothing: writers differ."""
    return stored.upper() == wanted or not stored.isascii() or 0 in (stored.rstrip(b"\0") or b"\0")
