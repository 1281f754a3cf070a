"""Shared by the tests of the registry: the fixtures, a hive that counts round trips, hives made by hand."""

from __future__ import annotations

import functools
import gzip
import json
import operator
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from imagedrop.inspection.registry import Hive, Key
from imagedrop.inspection.replay import NotFetched

FIXTURES = Path(__file__).parent / "fixtures"
NAMES = ("plain", "lh", "lf", "li")
BINS, BLOCK, NONE = 4096, 16 * 1024, 0xFFFFFFFF
CURRENT = "Microsoft\\Windows NT\\CurrentVersion"

T = TypeVar("T")


@functools.cache
def fixture(name: str) -> bytes:
    return gzip.decompress((FIXTURES / f"{name}.hive.gz").read_bytes())


@functools.cache
def expected_values() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(gzip.decompress((FIXTURES / "expected.json.gz").read_bytes()))
    for values in found.values():
        values |= {name: bytes.fromhex(value["hex"]) for name, value in values.items() if isinstance(value, dict)}
    return found


class RemoteHive:
    """A hive behind a cache: blocks that are not fetched interrupt its reader, and come in one round trip."""

    def __init__(self, data: bytes) -> None:
        self.size, self._data = len(data), data
        self.fetched: set[int] = set()
        self.round_trips, self.reads = 0, 0

    def read(self, offset: int, length: int) -> bytes:
        assert 0 <= offset <= offset + length <= self.size
        self.reads += 1
        if missing := set(range(offset // BLOCK, -(-(offset + length) // BLOCK))) - self.fetched:
            raise NotFetched(missing)
        return self._data[offset : offset + length]

    def hive(self) -> Hive:
        """Opened; the round trips of that are not counted."""
        hive = Hive("TEST", self.size, self.read)
        self.run(hive.open)
        self.round_trips = 0
        return hive

    def run(self, job: Callable[[], T]) -> T:
        while True:
            try:
                return job()
            except NotFetched as stop:
                self.fetched |= stop.blocks
                self.round_trips += 1


def open_hive(data: bytes) -> Hive:
    hive = Hive("TEST", len(data), lambda offset, length: data[offset : offset + length])
    hive.open()
    return hive


def existing_key(key: Key, path: str) -> Key:
    child = key.subkey(path)
    assert child is not None, path
    return child


def with_checksum(data: bytes) -> bytes:
    total = functools.reduce(operator.xor, struct.unpack_from("<127I", data))
    return data[:508] + struct.pack("<I", {0: 1, NONE: 0xFFFFFFFE}.get(total, total)) + data[512:]


class HiveBuilder:
    """A hive of one bin, made cell by cell, valid or not as a test needs."""

    def __init__(self) -> None:
        self.data = bytearray(32)

    def cell(self, content: bytes, *, size: int | None = None) -> int:
        """Returns its offset. `size`: as stored, if not the right one."""
        offset, whole = len(self.data), -(-(len(content) + 4) // 8) * 8
        self.data += (struct.pack("<i", -whole if size is None else size) + content).ljust(whole, b"\0")
        return offset

    def gap(self, length: int) -> None:
        self.data += bytes(length)

    def key(self, name: str, subkeys: tuple[int, int] = (0, NONE), values: tuple[int, int] = (0, NONE)) -> int:
        """`subkeys`, `values`: (count, offset of their list)."""
        flags, raw = (0x20, name.encode("latin-1")) if name.isascii() else (0, name.encode("utf-16-le"))
        head = struct.pack("<2sHQIIIIII", b"nk", flags, 0, 0, NONE, subkeys[0], 0, subkeys[1], NONE)
        return self.cell(head + struct.pack("<II28xHH", *values, len(raw), 0) + raw)

    def leaf(self, kind: bytes, keys: Sequence[tuple[int, str]]) -> int:
        return self.cell(struct.pack("<2sH", kind, len(keys)) + b"".join(leaf_entry(kind, *key) for key in keys))

    def root_of(self, leaves: Sequence[int]) -> int:
        return self.cell(struct.pack(f"<2sH{len(leaves)}I", b"ri", len(leaves), *leaves))

    def parent(self, kind: bytes, names: Sequence[str], leaf_size: int = 0) -> int:
        """A key with subkeys of these names, in this order. `leaf_size`: of the lists below a root; 0: no root."""
        keys = [(self.key(name), name) for name in names]
        if not leaf_size:
            return self.key("parent", (len(keys), self.leaf(kind, keys)))
        leaves = [self.leaf(kind, keys[at : at + leaf_size]) for at in range(0, len(keys), leaf_size)]
        return self.key("parent", (len(keys), self.root_of(leaves)))

    def value(self, name: str, kind: int, data: bytes, *, inline: bool = False) -> int:
        field = data.ljust(4, b"\0") if inline else struct.pack("<I", self.cell(data))
        return self.raw_value(name, len(data) | inline << 31, field, kind)

    def raw_value(self, name: str, length: int, field: bytes, kind: int) -> int:
        flags, raw = (1, name.encode("latin-1")) if name.isascii() else (0, name.encode("utf-16-le"))
        return self.cell(struct.pack("<2sHI4sIHH", b"vk", len(raw), length, field, kind, flags, 0) + raw)

    def with_values(self, *values: int) -> int:
        return self.key("valued", values=(len(values), self.cell(struct.pack(f"<{len(values)}I", *values))))

    def bytes(self, root: int, version: int = 5) -> bytes:
        bins = bytes(self.data) + bytes(-len(self.data) % 4096)
        bins = struct.pack("<4sIIQQI", b"hbin", 0, len(bins), 0, 0, 0) + bins[32:]
        head = struct.pack("<4sIIQIIIIIII", b"regf", 7, 7, 0, 1, version, 0, 1, root, len(bins), 1)
        return with_checksum(head.ljust(BINS, b"\0")) + bins

    def opened(self, root: int) -> Key:
        return open_hive(self.bytes(root)).root()


def leaf_entry(kind: bytes, offset: int, name: str) -> bytes:
    """As Windows writes it, for names whose upper case is simple."""
    hint = b""
    if kind == b"lf":
        hint = name[:4].encode("latin-1").ljust(4, b"\0") if name[:4].isascii() else bytes(4)
    if kind == b"lh":
        value = functools.reduce(lambda value, character: (value * 37 + ord(character)) % 2**32, name.upper(), 0)
        hint = struct.pack("<I", value)
    return struct.pack("<I", offset) + hint
