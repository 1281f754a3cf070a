"""Shared by the tests of the inspection: fixtures, a source in memory, and images made by hand."""

from __future__ import annotations

import contextlib
import functools
import gzip
import importlib
import json
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from imagedrop.inspection import Budget, Inspection, inspect
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.crc32c import crc32c
from imagedrop.inspection.detect_format import detect_format
from imagedrop.inspection.findings_report import FindingsReport

FIXTURES = Path(__file__).parent / "fixtures"
EXPECTED: dict[str, int] = json.loads((FIXTURES / "expected.json").read_text())
MIB = 1 << 20
WITHOUT_WINDOWS = {f"image.{name}" for name in ("blank", "data_disk", "linux", "no_windows", "windows_elsewhere")}


@functools.cache
def fixture(name: str) -> bytes:
    return gzip.decompress(gzip.decompress((FIXTURES / f"{name}.gz.gz").read_bytes()))


def has_zstd() -> bool:
    for name in ("compression.zstd", "backports.zstd"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            return True
    return False


needs_zstd = pytest.mark.skipif(not has_zstd(), reason="no zstd reader is installed")
READABLE = [pytest.param(name, marks=needs_zstd) if "zstd" in name else name for name in EXPECTED]


class MemorySource:
    """A source of bytes that need not all exist: `size` may be larger, the rest is zero."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self.name, self.size, self._data = "memory", len(data) if size is None else size, data

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length].ljust(length, b"\0")


class MultiRangeMemorySource(MemorySource):
    def read_many(self, ranges: Sequence[tuple[int, int]]) -> Sequence[bytes]:
        return [self.read(offset, length) for offset, length in ranges]


def inspect_bytes(
    data: bytes, name: str = "disk", *, size: int | None = None, budget: Budget | None = None
) -> Inspection:
    return inspect(MemorySource(data, size), file_name=name, budget=budget)


def finding_ids(inspection: Inspection) -> set[str]:
    return {finding.id for finding in inspection.findings}


def disk_finding_ids(inspection: Inspection) -> set[str]:
    """Without the findings that report that the disk holds no Windows."""
    return finding_ids(inspection) - WITHOUT_WINDOWS


def error_ids(inspection: Inspection) -> set[str]:
    return {finding.id for finding in inspection.findings if finding.severity == "error"} - WITHOUT_WINDOWS


def open_container(data: bytes, name: str) -> Container:
    """The container alone, with a budget that suffices to read all of it."""
    file = BlockCache(MemorySource(data), Budget(requests=1_000_000, bytes=1 << 40))
    container = detect_format(file, FindingsReport(name, len(data)))
    container.open()
    return container


def patched(data: bytes, *patches: tuple[int, bytes]) -> bytes:
    """`data` with bytes replaced; a negative offset counts from the end."""
    out = bytearray(data)
    for at, new in patches:
        at = at if at >= 0 else len(out) + at
        out[at : at + len(new)] = new
    return bytes(out)


def resealed_vhdx(data: bytes) -> bytes:
    """A changed VHDX with right checksums in its headers and region tables."""
    out = bytearray(data)
    for at, length in ((1 << 16, 4096), (1 << 17, 4096), (3 << 16, 1 << 16), (4 << 16, 1 << 16)):
        out[at + 4 : at + 8] = bytes(4)
        out[at + 4 : at + 8] = struct.pack("<I", crc32c(bytes(out[at : at + length])))
    return bytes(out)


def mbr(*entries: tuple[int, int, int, int]) -> bytes:
    """A boot sector of (flag, type, first sector, sectors)."""
    packed = b"".join(struct.pack("<B3xB3xII", *entry) for entry in entries)
    return bytes(446) + packed.ljust(64, b"\0") + b"\x55\xaa"


def boot(name: bytes) -> bytes:
    """A boot sector with nothing but the name of its filesystem."""
    return (b"\xeb\x52\x90" + name).ljust(510, b"\0") + b"\x55\xaa"


PROTECTIVE = mbr((0, 0xEE, 1, 0xFFFFFFFF))


def gpt_header(own: int, other: int, table: bytes, *, at: int = 2, count: int | None = None, width: int = 128) -> bytes:
    """A GPT header with these values and right checksums."""
    count = len(table) // width if count is None else count
    fields = struct.pack("<QQQQ16sQIII", own, other, 34, 100, bytes(16), at, count, width, zlib.crc32(table))
    head = struct.pack("<8sIIII", b"EFI PART", 0x10000, 92, 0, 0) + fields
    return head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]


def gpt_entry(kind: str, first: int, last: int) -> bytes:
    return UUID(kind).bytes_le + bytes(16) + struct.pack("<QQ", first, last) + bytes(80)


ESP = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
BASIC = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"


def gpt_disk(*entries: bytes, sectors: int = 4096, sector: int = 512) -> bytes:
    """A disk with both headers."""
    table = b"".join(entries).ljust(128 * 128, b"\0")
    length = -(-len(table) // sector)
    disk = bytearray(sectors * sector)
    for at, data in (
        (0, PROTECTIVE),
        (1, gpt_header(1, sectors - 1, table)),
        (2, table),
        (sectors - 1 - length, table),
        (sectors - 1, gpt_header(sectors - 1, 1, table, at=sectors - 1 - length)),
    ):
        disk[at * sector : at * sector + len(data)] = data
    return bytes(disk)


def qcow2(disk_size: int = 1 << 30, *, bits: int = 16, l1: int = 2, features: int = 0, tail: bytes = b"") -> bytes:
    """A version 3 header, an empty refcount table and an empty L1 table, one cluster each; then `tail`."""
    unit = 1 << min(max(bits, 9), 21)
    header = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 3, 0, 0, bits, disk_size, 0, l1, 2 * unit, unit, 1, 0, 0)
    header += struct.pack(">QQQII", features, 0, 0, 4, 104)
    return header.ljust(unit, b"\0") + bytes(2 * unit) + tail


def vmdk_with_footer(data: bytes) -> bytes:
    """A streamOptimized VMDK as VMware writes it: only the footer states where the grain directory is."""
    footer = data[:512]
    marker = struct.pack("<QII", 1, 0, 3).ljust(512, b"\0")
    return patched(data, (56, b"\xff" * 8)) + marker + footer + bytes(512)
