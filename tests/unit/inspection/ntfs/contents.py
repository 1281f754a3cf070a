"""What the volumes of the tests hold, by path."""

from __future__ import annotations

import struct
from typing import NamedTuple

from tests.unit.inspection.unpack.samples import FIXTURES, noise, sample

SCRIPTS = (
    "Программы", "ユーザー", "数据中心", "Übersicht", "ǅungla", "𝔘nicode", "çalışma", "Ελληνικά",
    "straße", "ﬁne print", "İstanbul",
)  # fmt: skip
WOF = {"xpress4k": 0, "lzx": 1}  # MS-FSCC 2.1.2.7: FILE_PROVIDER_EXTERNAL_INFO
WOF_STREAM = "WofCompressedData"
PACKED = "packed"  # the directory in which every file is compressed by NTFS
PIECES = "pieces.bin"  # each cluster lies elsewhere
HOLES = "holes.bin"  # its middle was never written
STREAMS = "streams.txt"  # has named streams


class Extra(NamedTuple):
    """What comes behind the plain files, through extended attributes."""

    streams: dict[str, bytes]
    reparse: bytes = b""
    size: int = 0


def numbered(length: int) -> bytes:
    """Each 8 bytes are their number, the rest of their 512 is zero: no sector is like another."""
    return b"".join(struct.pack("<Q", at + 1).ljust(512, b"\0") for at in range(-(-length // 512)))[:length]


def many(count: int) -> list[str]:
    return [f"file {number:04}.dat" for number in range(count)] + list(SCRIPTS)


def plain(names: int, unit: int = 0) -> dict[str, bytes]:
    """`unit`: bytes that NTFS packs at a time; 0: nothing is packed."""
    files = {
        "resident.txt": b"in its record",
        "empty.bin": b"",
        "one.bin": numbered(20_000),
        "Folder/Sub folder/Deep.TXT": b"deep",
        STREAMS: b"unnamed",
    } | {f"many/{name}": name.encode() for name in many(names)}
    if unit:
        text = b"".join(b"line %07d of what packs well\n" % number for number in range(unit // 16))
        firm = noise("unit", 4096) * (unit // 4096)  # LZNT1 sees no further than 4 KiB
        mixed = text[:unit] + firm + bytes(2 * unit) + (2 * text)[: unit + 1000]
        files |= {f"{PACKED}/mixed.bin": mixed, f"{PACKED}/short.txt": text[:3000], f"{PACKED}/zero.bin": bytes(unit)}
    return files


def extras(wof: bool) -> dict[str, Extra]:
    streams = {"one": b"first", "two": numbered(9000), "日本": b"named in another script"}
    packed = {
        f"{kind}.exe": Extra({WOF_STREAM: (FIXTURES / f"{kind}.bin").read_bytes()}, reparse(algorithm), len(sample()))
        for kind, algorithm in WOF.items()
        if wof
    }
    return {STREAMS: Extra(streams)} | packed


def reparse(algorithm: int, provider: int = 2) -> bytes:
    return struct.pack("<IHHIIII", 0x80000017, 16, 0, 1, provider, 1, algorithm)


def pieces() -> bytes:
    return numbered(300 * 512 + 77)


def holes() -> dict[int, bytes]:
    """Pieces of a file, by their place; nothing was written between them."""
    return {0: b"begins", 300_000: noise("hole", 700), 1_000_000: b"ends"}
