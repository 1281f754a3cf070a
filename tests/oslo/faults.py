"""Faults of fragments: what sets a header that was refused apart from one that passed.

A fragment is made by hand and is no image by itself: both sides would refuse it for what it lacks. Its fault, put into
a sound image, is one thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Fragment = tuple[tuple[str, bytes], ...]  # (name of the region, what it holds)


@dataclass(frozen=True, slots=True)
class Bytes:
    """Other bytes at one place of a region."""

    region: str
    at: int
    data: bytes

    def apply(self, sound: bytes) -> bytes:
        return (sound[: self.at] + self.data + sound[self.at + len(self.data) :])[: len(sound)]


@dataclass(frozen=True, slots=True)
class Lines:
    """Other lines of a text that NULs fill up: `dropped` are the first words of those that go."""

    region: str
    dropped: frozenset[str]
    added: tuple[str, ...]

    def apply(self, sound: bytes) -> bytes:
        kept = [line for line in _lines(sound) if _word(line) not in self.dropped]
        return "\n".join([*kept, *self.added]).encode().ljust(len(sound), b"\0")[: len(sound)]


Change = Bytes | Lines


def faults(fragments: Mapping[Fragment, bool]) -> Iterator[list[Change]]:
    """Of each refused fragment (True), against the nearest that passed: every difference alone, then all of them."""
    sound = [fragment for fragment, refused in fragments.items() if fragment and not refused]
    for fragment in [one for one, refused in fragments.items() if one and refused]:
        nearest = min((differences(fragment, other) for other in sound), key=_weight, default=[])
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
    """(begin, end) of what is not the same."""
    begin = 0
    for at in range(len(data) + 1):
        if at == len(data) or data[at : at + 1] == before[at : at + 1]:
            if begin < at:
                yield begin, at
            begin = at + 1


def _is_text(data: bytes) -> bool:
    text = data.rstrip(b"\0")
    return bool(text) and text.isascii() and text.decode().replace("\n", " ").isprintable()


def _lines(data: bytes) -> list[str]:
    return data.split(b"\0")[0].decode().split("\n")


def _word(line: str) -> str:
    """What the line is about."""
    return line.partition("=")[0].split(" ")[0].lower()


def _weight(changes: list[Change]) -> int:
    return sum(len(one.data) if isinstance(one, Bytes) else len(one.added) + len(one.dropped) for one in changes)
