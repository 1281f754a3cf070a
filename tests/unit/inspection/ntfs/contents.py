"""The files on the volumes of the tests, by path."""

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
COMPRESSED_FOLDER = "packed"  # the folder whose files NTFS compresses
FRAGMENTED = "pieces.bin"  # no two of its clusters are adjacent
SPARSE = "holes.bin"  # its middle is a hole
WITH_STREAMS = "streams.txt"  # has named streams


class ExtraStreams(NamedTuple):
    """Written through extended attributes after the plain files."""

    streams: dict[str, bytes]
    reparse: bytes = b""
    size: int = 0


def numbered_sectors(length: int) -> bytes:
    """Each 512 bytes begin with their number in 8 bytes, the rest is zero: no two sectors are equal."""
    return b"".join(struct.pack("<Q", at + 1).ljust(512, b"\0") for at in range(-(-length // 512)))[:length]


def many_names(count: int) -> list[str]:
    return [f"file {number:04}.dat" for number in range(count)] + list(SCRIPTS)


def plain_files(names: int, unit: int = 0) -> dict[str, bytes]:
    """`unit`: bytes in a compression unit; 0: nothing is compressed."""
    files = {
        "resident.txt": b"in its record",
        "empty.bin": b"",
        "one.bin": numbered_sectors(20_000),
        "Folder/Sub folder/Deep.TXT": b"deep",
        WITH_STREAMS: b"unnamed",
    } | {f"many/{name}": name.encode() for name in many_names(names)}
    if unit:
        text = b"".join(b"line %07d of what packs well\n" % number for number in range(unit // 16))
        random = noise("unit", 4096) * (unit // 4096)  # a match of LZNT1 is within 4 KiB
        mixed = text[:unit] + random + bytes(2 * unit) + (2 * text)[: unit + 1000]
        files |= {
            f"{COMPRESSED_FOLDER}/mixed.bin": mixed,
            f"{COMPRESSED_FOLDER}/short.txt": text[:3000],
            f"{COMPRESSED_FOLDER}/zero.bin": bytes(unit),
        }
    return files


def extra_streams(wof: bool) -> dict[str, ExtraStreams]:
    streams = {"one": b"first", "two": numbered_sectors(9000), "日本": b"named in another script"}
    packed = {
        f"{kind}.exe": ExtraStreams(
            {WOF_STREAM: (FIXTURES / f"{kind}.bin").read_bytes()}, reparse_point(algorithm), len(sample())
        )
        for kind, algorithm in WOF.items()
        if wof
    }
    return {WITH_STREAMS: ExtraStreams(streams)} | packed


def reparse_point(algorithm: int, provider: int = 2) -> bytes:
    return struct.pack("<IHHIIII", 0x80000017, 16, 0, 1, provider, 1, algorithm)


def fragmented_content() -> bytes:
    return numbered_sectors(300 * 512 + 77)


def sparse_content() -> dict[int, bytes]:
    """Offset -> bytes; between them are holes."""
    return {0: b"begins", 300_000: noise("hole", 700), 1_000_000: b"ends"}
