"""Changes that find more than flipped bits: numbers at their limits, swapped structures, references in circles."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from tests.fuzz.read_ranges import ReadRange
from tests.fuzz.sources import Bytes, Patch

ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
WIDTHS = (1, 2, 2, 4, 4, 4, 8, 8, 3, 6)
UNITS = (1, 512, 1024, 4096, 65536, 1 << 20)
LARGE, BEGINNING = 4096, 512  # bytes; of a longer range mostly the beginning is parsed
MAX_COPIED = 4096


class Known(NamedTuple):
    """What can be changed in one image. `origins`: what offsets in it may count from."""

    file: Bytes
    ranges: Mapping[str, Sequence[ReadRange]]  # by reader
    origins: Sequence[int]

    def range_of(self, dice: random.Random, reader: str) -> ReadRange:
        return dice.choice(self.ranges[reader])

    def any(self, dice: random.Random) -> ReadRange:
        return self.range_of(dice, dice.choice(list(self.ranges)))


def mutation(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    kind = dice.choices(list(KINDS), weights=list(KINDS.values()))[0]
    return kind(known, read_range, dice)


def _field(read_range: ReadRange, dice: random.Random) -> tuple[int, int]:
    """Where a number may be stored: (offset in the file, bytes), mostly at a multiple of its length."""
    width = min(dice.choice(WIDTHS), read_range.length)
    room = read_range.length - width
    if read_range.length > LARGE and dice.random() < 0.7:
        room = BEGINNING
    at = dice.randint(0, room)
    if dice.random() < 0.9:
        at -= at % min(width, 4)
    return read_range.offset + at, width


def bits(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    at, _ = _field(read_range, dice)
    return Patch(at, bytes([known.file.read(at, 1)[0] ^ 1 << dice.randrange(8)]))


def noise(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    at, width = _field(read_range, dice)
    return Patch(at, dice.randbytes(width))


def limit(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    """A number at a limit of its type, or at the size of the file."""
    at, width = _field(read_range, dice)
    order, bit = dice.choice(ORDERS), 1 << dice.randrange(8 * width)
    size = known.file.size // dice.choice(UNITS)
    value = dice.choice((0, 0, 1, 2, -1, -1, -2, bit, bit - 1, -bit, size, size - 1, size + 1))
    return Patch(at, (value % (1 << 8 * width)).to_bytes(width, order))


def near(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    """A number that differs a little, or by a factor."""
    at, width = _field(read_range, dice)
    order = dice.choice(ORDERS)
    old = int.from_bytes(known.file.read(at, width), order)
    new = dice.choice((old + 1, old - 1, old + 8, old * 2, old // 2, old << 8, old << 9, old >> 9, -old, ~old))
    return Patch(at, (new % (1 << 8 * width)).to_bytes(width, order))


def circle(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    """A number that refers to its own offset, or to another range that is read."""
    at, width = _field(read_range, dice)
    target = read_range if dice.random() < 0.5 else known.range_of(dice, read_range.reader)
    value = (target.offset - dice.choice(known.origins)) // dice.choice(UNITS)
    return Patch(at, (value % (1 << 8 * width)).to_bytes(width, dice.choice(ORDERS)))


def crossed(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    """The same field of another structure: a reference to what another one refers to."""
    at, width = _field(read_range, dice)
    other = known.range_of(dice, read_range.reader)
    return Patch(at, known.file.read(other.offset + at - read_range.offset, width))


def copied(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    """Another structure in place of this one, or of its beginning or end."""
    other = known.range_of(dice, read_range.reader) if dice.random() < 0.8 else known.any(dice)
    length = min(read_range.length, other.length, MAX_COPIED)
    skip = dice.choice((0, 0, 0, dice.randrange(length)))
    return Patch(read_range.offset + skip, known.file.read(other.offset + skip, length - skip))


def filled(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    at, width = _field(read_range, dice)
    length = min(read_range.end - at, dice.choice((width, 16, 64, 512, 4096)))
    return Patch(at, bytes([dice.choice((0, 0xFF, 1, 0x80, dice.randrange(256)))]) * length)


def shifted(known: Known, read_range: ReadRange, dice: random.Random) -> Patch:
    """The bytes after a field moved by a few bytes, as if it was left out or repeated."""
    at, width = _field(read_range, dice)
    length = min(read_range.end - at, MAX_COPIED)
    return Patch(at, known.file.read(at + dice.choice((-width, width, 8)) if at >= width else at + width, length))


Kind = Callable[[Known, ReadRange, random.Random], Patch]
KINDS: dict[Kind, int] = {
    limit: 6, near: 4, circle: 3, crossed: 3, copied: 2, noise: 2, bits: 2, filled: 1, shifted: 1,
}  # fmt: skip


def resized(known: Known, dice: random.Random) -> int:
    """The new size of a file that is cut off, mostly in a range that is read, or longer."""
    size, read_range = known.file.size, known.any(dice)
    cut = dice.choice(
        (read_range.offset, read_range.end, dice.randint(read_range.offset, read_range.end), read_range.end - 1)
    )
    new = dice.choice((cut, cut, cut, dice.randrange(size + 1), size - 512, size + 512, size * 2, 1 << 40))
    return max(0, new)
