"""Upper case by which Windows compares names, in NTFS ($UpCase) and in the registry."""

from __future__ import annotations


def upper(name: str) -> str:
    """As Windows' table, but for newer letters: one character for one, and only where lower case leads back to it."""
    return name.upper() if name.isascii() else "".join(map(_upper, name))


def _upper(letter: str) -> str:
    big = letter.upper()
    return big if len(big) == 1 and big.lower() == letter else letter
