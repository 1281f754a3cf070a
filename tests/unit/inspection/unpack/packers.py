"""Small compressors, one for each format. They use every kind of item, but do not compress well."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

CALL_SIZE = 12_000_000


def items(data: bytes, longest: int, shortest: int = 3) -> Iterator[tuple[int, int]]:
    """(byte, 0) for a literal, (distance, length) for a match."""
    last: dict[bytes, int] = {}  # sequence -> where it began last
    at = 0
    while at < len(data):
        key = data[at : at + shortest]
        before, last[key] = last.get(key), at
        if before is None or len(key) < shortest:
            yield data[at], 0
            at += 1
            continue
        length = shortest
        while length < longest and at + length < len(data) and data[before + length] == data[at + length]:
            length += 1
        yield at - before, length
        at += length


def pack_lznt1(data: bytes) -> bytes:
    out = bytearray()
    for start in range(0, len(data), 4096):
        piece = data[start : start + 4096]
        packed = _lznt1_chunk(piece)
        if len(packed) < len(piece):
            out += struct.pack("<H", 0xB000 | len(packed) - 1) + packed
        else:
            out += struct.pack("<H", 0x3000 | len(piece) - 1) + piece
    return bytes(out + b"\0\0")


def _lznt1_chunk(data: bytes) -> bytes:
    coded: list[bytes] = []
    here = 0
    while here < len(data):
        bits = next(count for count in range(4, 13) if here <= 1 << count)
        longest = 2 + (1 << 16 - bits)
        distance, length = max(
            ((back, _same(data, here, back, longest)) for back in range(1, min(here, 40) + 1)),
            key=lambda pair: pair[1],
            default=(0, 0),
        )
        if length < 3:
            coded.append(data[here : here + 1])
            here += 1
        else:
            coded.append(struct.pack("<H", distance - 1 << 16 - bits | length - 3))
            here += length
    groups = [coded[at : at + 8] for at in range(0, len(coded), 8)]
    return b"".join(
        bytes([sum(1 << bit for bit, item in enumerate(group) if len(item) == 2)]) + b"".join(group) for group in groups
    )


def _same(data: bytes, here: int, back: int, longest: int) -> int:
    length = 0
    while length < longest and here + length < len(data) and data[here + length] == data[here + length - back]:
        length += 1
    return length


class Bits:
    """16-bit words, filled from the top. `ahead`: words reserved before they are needed; XPRESS reserves one."""

    def __init__(self, ahead: int = 0) -> None:
        self.out, self._ahead = bytearray(), ahead
        self._offsets: list[int] = []
        self.count = 0

    def put(self, value: int, bits: int) -> None:
        for bit in range(bits - 1, -1, -1):
            word, within = divmod(self.count, 16)
            self.count += 1
            self._reserve(word + 1 + self._ahead)
            if value >> bit & 1:
                self.out[self._offsets[word] + (within < 8)] |= 0x80 >> within % 8

    def _reserve(self, words: int) -> None:
        while len(self._offsets) < words:
            self._offsets.append(len(self.out))
            self.out += b"\0\0"

    def append(self, data: bytes) -> None:
        self.out += data

    def words(self, data: bytes) -> None:
        """Whole bytes from the next word on; at least one bit before them is unused."""
        self._reserve(self.count // 16 + 1)
        self._offsets += range(len(self.out), len(self.out) + len(data), 2)
        self.out += data
        self.count = 16 * len(self._offsets)


def pack_xpress(data: bytes, longest: int = 1 << 16) -> bytes:
    """With a code of 512 words of 9 bits."""
    bits = Bits(ahead=1)
    for distance, length in items(data, longest):
        if not length:
            bits.put(distance, 9)
            continue
        extra = distance.bit_length() - 1
        bits.put(256 | extra << 4 | min(length - 3, 15), 9)
        if length - 3 >= 15:
            bits.append(bytes([length - 18]) if length - 18 < 255 else struct.pack("<BH", 255, length - 3))
        bits.put(distance - (1 << extra), extra)
    return b"\x99" * 256 + bytes(bits.out)


class LzxPacker:
    """Main code: 16 words of 8 bits, 480 of 9; length code: 7 of 7, 242 of 8; aligned code: 8 of 3."""

    def __init__(self) -> None:
        self.bits = Bits()
        self.recent = [1, 1, 1]
        self._first = True

    def header(self, kind: int, length: int) -> None:
        self.bits.put(kind, 3)
        self.bits.put(length == 32768, 1)
        if length != 32768:
            self.bits.put(length, 16)

    def stored(self, data: bytes) -> None:
        self.header(3, len(data))
        self.bits.words(struct.pack("<III", *self.recent) + data + bytes(len(data) % 2))

    def coded(self, data: bytes, *, aligned: bool) -> None:
        self.begin(len(data), aligned=aligned)
        for distance, length in items(data, 257):
            if length:
                self.match(distance, length, aligned=aligned)
            else:
                self.literal(distance)

    def begin(self, length: int, *, aligned: bool) -> None:
        self.header(2 if aligned else 1, length)
        if aligned:
            for _ in range(8):
                self.bits.put(3, 3)
        self._lengths([8] * 16 + [9] * 240)
        self._lengths([9] * 240)
        self._lengths([7] * 7 + [8] * 242)
        self._first = False

    def literal(self, byte: int) -> None:
        self._word(byte, 16, 9)

    def _lengths(self, lengths: Sequence[int]) -> None:
        """In the first block the differences from 0, later differences of 0. The symbols 0, 8, 9 and 10 have 2 bits."""
        words = (0, 8, 9, 10)
        for symbol in range(20):
            self.bits.put(2 if symbol in words else 0, 4)
        for length in lengths:
            self.bits.put(words.index((0 - length) % 17 if self._first else 0), 2)

    def _word(self, symbol: int, short: int, bits: int) -> None:
        """A symbol of a code whose first `short` symbols have `bits` - 1 bits, and the others `bits`."""
        self.bits.put(symbol if symbol < short else symbol + short, bits - (symbol < short))

    def match(self, distance: int, length: int, *, aligned: bool = False) -> None:
        if distance in self.recent:
            slot = self.recent.index(distance)
            self.recent[0], self.recent[slot] = distance, self.recent[0]
            rest = extra = 0
        else:
            slot, extra, rest = _slot(distance)
            self.recent = [distance, *self.recent[:2]]
        self._word(256 + slot * 8 + min(length - 2, 7), 16, 9)
        if length >= 9:
            self._word(length - 9, 7, 8)
        if aligned and extra >= 3:
            self.bits.put(rest >> 3, extra - 3)
            self.bits.put(rest & 7, 3)
        else:
            self.bits.put(rest, extra)


def _slot(distance: int) -> tuple[int, int, int]:
    """(slot, number of bits that follow, their value) of a distance that is not one of the last three."""
    formatted = distance + 2
    extra = formatted.bit_length() - 2
    return 2 * (extra + 1) + (formatted >> extra & 1), extra, formatted & (1 << extra) - 1


def with_calls(data: bytes) -> bytes:
    """What a writer of LZX compresses instead of `data`: the targets of x86 calls made absolute."""
    out, at = bytearray(data), 0
    while at < len(out) - 10:
        if out[at] != 0xE8:
            at += 1
            continue
        (distance,) = struct.unpack_from("<i", out, at + 1)
        if -at <= distance < CALL_SIZE:
            target = distance + at if distance < CALL_SIZE - at else distance - CALL_SIZE
            struct.pack_into("<i", out, at + 1, target)
        at += 5
    return bytes(out)


def pack_lzx(data: bytes, kinds: Sequence[str] = ("verbatim",)) -> bytes:
    """A chunk of blocks of about equal size, one for each of `kinds`: verbatim, aligned, stored."""
    packer, content = LzxPacker(), with_calls(data)
    step = -(-len(data) // len(kinds)) or 1
    for kind, start in zip(kinds, range(0, len(data), step), strict=False):
        piece = content[start : start + step]
        if kind == "stored":
            packer.stored(piece)
        else:
            packer.coded(piece, aligned=kind == "aligned")
    return bytes(packer.bits.out)
