"""The content of the fixtures, always the same: machine code with calls, records, noise, long runs and text."""

from __future__ import annotations

import functools
import hashlib
import struct
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
WORDS = b"image driver system the boot of a to Windows loads virtio disk and is in registry hive".split()


def noise(name: str, length: int) -> bytes:
    return b"".join(hashlib.sha256(f"{name}{at}".encode()).digest() for at in range(0, length, 32))[:length]


def machine_code(length: int) -> bytes:
    """Calls of three targets, forward and back, with instructions between them."""
    dice, out = noise("code", length), bytearray()
    while len(out) < length:
        choice = dice[len(out)]
        out += dice[len(out) : len(out) + 1 + choice % 4] + b"\x48\x89\x5c\x24\x08"
        out += b"\xe8" + struct.pack("<i", (0x1230, 0x4560, 0x70)[choice % 3] - len(out) - 5)
    return bytes(out[:length])


def text(length: int) -> bytes:
    return b" ".join([WORDS[byte % len(WORDS)] for byte in noise("text", length)])[:length]


@functools.cache
def sample() -> bytes:
    """33,001 bytes: two chunks of LZX, nine of XPRESS4K; the third of these is noise."""
    records = b"".join(struct.pack("<QII", at, at * at, at % 7) for at in range(256))
    parts = [machine_code(8192), noise("chunk", 4096), records, bytes(7000), text(9617)]
    return b"".join(parts)
