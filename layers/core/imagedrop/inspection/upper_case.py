"""Upper case as Windows compares names in it: by one table, in NTFS ($UpCase) and in the registry."""

from __future__ import annotations


def upper(name: str) -> str:
    """One character for one, and only where lower case leads back to the same one.

    The same as Windows' table, except for letters that are newer than it.
    """
    return name.upper() if name.isascii() else "".join(map(_upper, name))


def _upper(letter: str) -> str:
    big = letter.upper()
    return big if len(big) == 1 and big.lower() == letter else letter
