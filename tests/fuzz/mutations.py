"""Changes that find more than flipped bits: numbers at their limits, structures in place of others, ways in circles."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from tests.fuzz.places import Place
from tests.fuzz.sources import Bytes, Patch

ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
WIDTHS = (1, 2, 2, 4, 4, 4, 8, 8, 3, 6)
UNITS = (1, 512, 1024, 4096, 65536, 1 << 20)
LARGE, BEGINNING = 4096, 512  # of what is longer, its beginning is parsed rather than its end
COPIED_MOST = 4096


class Known(NamedTuple):
    """What there is to change in one image. `origins`: what places in it may be counted from."""

    file: Bytes
    places: dict[str, Sequence[Place]]  # by reader
    origins: Sequence[int]

    def place(self, dice: random.Random, reader: str) -> Place:
        return dice.choice(self.places[reader])

    def any(self, dice: random.Random) -> Place:
        return self.place(dice, dice.choice(list(self.places)))


def mutation(known: Known, place: Place, dice: random.Random) -> Patch:
    kind = dice.choices(list(KINDS), weights=list(KINDS.values()))[0]
    return kind(known, place, dice)


def _field(place: Place, dice: random.Random) -> tuple[int, int]:
    """Where a number may be stored: (offset in the file, bytes), as numbers are: at a multiple of their length."""
    width = min(dice.choice(WIDTHS), place.length)
    room = place.length - width
    if place.length > LARGE and dice.random() < 0.7:
        room = BEGINNING
    at = dice.randint(0, room)
    if dice.random() < 0.9:
        at -= at % min(width, 4)
    return place.offset + at, width


def bits(known: Known, place: Place, dice: random.Random) -> Patch:
    at, _ = _field(place, dice)
    return Patch(at, bytes([known.file.read(at, 1)[0] ^ 1 << dice.randrange(8)]))


def noise(known: Known, place: Place, dice: random.Random) -> Patch:
    at, width = _field(place, dice)
    return Patch(at, dice.randbytes(width))


def limit(known: Known, place: Place, dice: random.Random) -> Patch:
    """A number at the end of what it can be, or of what the file can hold."""
    at, width = _field(place, dice)
    order, bit = dice.choice(ORDERS), 1 << dice.randrange(8 * width)
    size = known.file.size // dice.choice(UNITS)
    value = dice.choice((0, 0, 1, 2, -1, -1, -2, bit, bit - 1, -bit, size, size - 1, size + 1))
    return Patch(at, (value % (1 << 8 * width)).to_bytes(width, order))


def near(known: Known, place: Place, dice: random.Random) -> Patch:
    """A number that is a little, or by a factor, other than it was."""
    at, width = _field(place, dice)
    order = dice.choice(ORDERS)
    old = int.from_bytes(known.file.read(at, width), order)
    new = dice.choice((old + 1, old - 1, old + 8, old * 2, old // 2, old << 8, old << 9, old >> 9, -old, ~old))
    return Patch(at, (new % (1 << 8 * width)).to_bytes(width, order))


def circle(known: Known, place: Place, dice: random.Random) -> Patch:
    """A number that leads to where it stands itself, or to another place that is read."""
    at, width = _field(place, dice)
    target = place if dice.random() < 0.5 else known.place(dice, place.reader)
    value = (target.offset - dice.choice(known.origins)) // dice.choice(UNITS)
    return Patch(at, (value % (1 << 8 * width)).to_bytes(width, dice.choice(ORDERS)))


def crossed(known: Known, place: Place, dice: random.Random) -> Patch:
    """A field as another structure has it at the same place: a way that leads where another does."""
    at, width = _field(place, dice)
    other = known.place(dice, place.reader)
    return Patch(at, known.file.read(other.offset + at - place.offset, width))


def copied(known: Known, place: Place, dice: random.Random) -> Patch:
    """Another structure in place of this one, or of its beginning or end."""
    other = known.place(dice, place.reader) if dice.random() < 0.8 else known.any(dice)
    length = min(place.length, other.length, COPIED_MOST)
    skip = dice.choice((0, 0, 0, dice.randrange(length)))
    return Patch(place.offset + skip, known.file.read(other.offset + skip, length - skip))


def filled(known: Known, place: Place, dice: random.Random) -> Patch:
    at, width = _field(place, dice)
    length = min(place.end - at, dice.choice((width, 16, 64, 512, 4096)))
    return Patch(at, bytes([dice.choice((0, 0xFF, 1, 0x80, dice.randrange(256)))]) * length)


def shifted(known: Known, place: Place, dice: random.Random) -> Patch:
    """What follows a field moved by a few bytes, as where one was left out or came twice."""
    at, width = _field(place, dice)
    length = min(place.end - at, COPIED_MOST)
    return Patch(at, known.file.read(at + dice.choice((-width, width, 8)) if at >= width else at + width, length))


Kind = Callable[[Known, Place, random.Random], Patch]
KINDS: dict[Kind, int] = {
    limit: 6, near: 4, circle: 3, crossed: 3, copied: 2, noise: 2, bits: 2, filled: 1, shifted: 1,
}  # fmt: skip


def resized(known: Known, dice: random.Random) -> int:
    """The file cut off, most often where something is read, or longer than it was."""
    size, place = known.file.size, known.any(dice)
    cut = dice.choice((place.offset, place.end, dice.randint(place.offset, place.end), place.end - 1))
    new = dice.choice((cut, cut, cut, dice.randrange(size + 1), size - 512, size + 512, size * 2, 1 << 40))
    return max(0, new)
