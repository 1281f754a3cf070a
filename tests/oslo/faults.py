"""Faults of fragments: the differences between a header that was refused and one that passed.

A fragment is a header that a test made by hand; oslo and imagedrop would both refuse it for what it lacks. Its fault is
put into a valid image, so that only the fault is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Fragment = tuple[tuple[str, bytes], ...]  # (name, content) of each region


@dataclass(frozen=True, slots=True)
class Bytes:
    """Other bytes at one offset of a region."""

    region: str
    at: int
    data: bytes

    def apply(self, valid: bytes) -> bytes:
        return (valid[: self.at] + self.data + valid[self.at + len(self.data) :])[: len(valid)]


@dataclass(frozen=True, slots=True)
class Lines:
    """Other lines of a text that is padded with NULs. `dropped`: the first words of the lines to remove."""

    region: str
    dropped: frozenset[str]
    added: tuple[str, ...]

    def apply(self, valid: bytes) -> bytes:
        kept = [line for line in _lines(valid) if _word(line) not in self.dropped]
        return "\n".join([*kept, *self.added]).encode().ljust(len(valid), b"\0")[: len(valid)]


Change = Bytes | Lines


def faults(fragments: Mapping[Fragment, bool]) -> Iterator[list[Change]]:
    """Of each refused fragment (True): each difference from the most similar that passed, then all together."""
    passed = [fragment for fragment, refused in fragments.items() if fragment and not refused]
    for fragment in [fragment for fragment, refused in fragments.items() if fragment and refused]:
        nearest = min((differences(fragment, other) for other in passed), key=_weight, default=[])
        if len(nearest) > 1:
            yield from ([change] for change in nearest)
        if nearest:
            yield nearest


def differences(fragment: Fragment, other: Fragment) -> list[Change]:
    before, found = dict(other), list[Change]()
    for name, data in fragment:
        was = before.get(name, b"")
        if data == was:
            continue
        if _is_text(data) and _is_text(was):
            now, then = _lines(data), _lines(was)
            dropped = frozenset(_word(line) for line in then if line not in now)
            found.append(Lines(name, dropped, tuple(line for line in now if line not in then)))
        else:
            found += [Bytes(name, at, data[at:end]) for at, end in _runs(data, was)]
    return found


def _runs(data: bytes, before: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of each run of bytes that differ."""
    start = 0
    for at in range(len(data) + 1):
        if at == len(data) or data[at : at + 1] == before[at : at + 1]:
            if start < at:
                yield start, at
            start = at + 1


def _is_text(data: bytes) -> bool:
    text = data.rstrip(b"\0")
    return bool(text) and text.isascii() and text.decode().replace("\n", " ").isprintable()


def _lines(data: bytes) -> list[str]:
    return data.split(b"\0")[0].decode().split("\n")


def _word(line: str) -> str:
    """The key of the line."""
    return line.partition("=")[0].split(" ")[0].lower()


def _weight(changes: list[Change]) -> int:
    return sum(
        len(change.data) if isinstance(change, Bytes) else len(change.added) + len(change.dropped) for change in changes
    )
