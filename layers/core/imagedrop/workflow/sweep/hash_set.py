"""A set of 64-bit hashes in 8 bytes each. Python's own set of numbers takes about 80."""

from __future__ import annotations

from array import array
from bisect import bisect_left

PARTS = 256


class HashSet:
    """Add everything, then `sort`, then ask.

    The hashes are Python's of strings. If a million strings are looked up in a million others, one is taken for another
    once in 18 million rounds. That hides a lost drop only until the next process, which hashes with another key.
    """

    def __init__(self) -> None:
        self._parts: dict[int, array[int]] = {}  # those that have hashes: most rounds see few keys

    def add(self, hashed: int) -> None:
        number = hashed % PARTS
        if number not in self._parts:
            self._parts[number] = array("q")
        self._parts[number].append(hashed)

    def sort(self) -> None:
        """In parts, because `sorted` makes a list that takes five times the memory of what is in it."""
        self._parts = {number: array("q", sorted(part)) for number, part in self._parts.items()}

    def __contains__(self, hashed: int) -> bool:
        part = self._parts.get(hashed % PARTS)
        if part is None:
            return False
        at = bisect_left(part, hashed)
        return at < len(part) and part[at] == hashed
