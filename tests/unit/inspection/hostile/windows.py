"""A Windows made by hand, sound or damaged: an NTFS volume with two hives and other files."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.crafted import DATA, INDEX_ROOT, non_resident, record, resident, runs
from tests.unit.inspection.registry.hives import HiveBuilder

SZ, BINARY, DWORD, MULTI = 1, 3, 4, 7
VOLUME_INFORMATION = 0x70
Value = tuple[str, int, bytes]


def text(value: str) -> bytes:
    return (value + "\0").encode("utf-16-le")


def dword(value: int) -> bytes:
    return struct.pack("<I", value)


PRODUCT: tuple[Value, ...] = (
    ("ProductName", SZ, text("Windows Server 2022 Datacenter")),
    ("EditionID", SZ, text("ServerDatacenter")),
    ("CurrentBuildNumber", SZ, text("20348")),
    ("InstallationType", SZ, text("Server")),
    ("BuildLabEx", SZ, text("20348.1.amd64fre.fe_release.210507-1500")),
)


class KeyTreeBuilder(HiveBuilder):
    """A hive from nested keys: `{name: {...}}`, and its values under ""."""

    def tree(self, name: str, content: Mapping[str, Any]) -> int:
        keys = sorted(key for key in content if key)
        children = [(self.tree(key, content[key]), key) for key in keys]
        values = [self.value(*value) for value in content.get("", ())]
        listed = self.cell(struct.pack(f"<{len(values)}I", *values)) if values else 0xFFFFFFFF
        leaf = self.leaf(b"lh", children) if children else 0xFFFFFFFF
        return self.key(name, (len(children), leaf), (len(values), listed))

    def path(self, values: Sequence[int], *names: str) -> int:
        """Keys of which each is the only child of the one before; the last has these values. Returns the first."""
        at = self.key(names[-1], values=(len(values), self.cell(struct.pack(f"<{len(values)}I", *values))))
        for below, name in reversed(list(pairwise(names))):
            at = self.key(below, (1, self.leaf(b"lh", [(at, name)])))
        return at

    @classmethod
    def hive(cls, content: Mapping[str, Any]) -> bytes:
        builder = cls()
        return builder.bytes(builder.tree("ROOT", content))


def software(*values: Value) -> bytes:
    return KeyTreeBuilder.hive({"Microsoft": {"Windows NT": {"CurrentVersion": {"": values or PRODUCT}}}})


def system(
    services: Mapping[str, Any] | None = None, interfaces: Mapping[str, Any] | None = None, **control: Any
) -> bytes:
    environment = {"": [("PROCESSOR_ARCHITECTURE", SZ, text("AMD64"))]}
    network = {"Tcpip": {"Parameters": {"Interfaces": interfaces or {}}}}
    control_set = {
        "Control": {"Session Manager": {"Environment": environment}, **control},
        "Services": {**network, **(services or {})},
    }
    return KeyTreeBuilder.hive({"Select": {"": [("Current", DWORD, dword(1))]}, "ControlSet001": control_set})


class Disk:
    """A disk that is one volume: add files first, then the folders that contain them, the root last."""

    def __init__(self) -> None:
        self.records = {3: record(resident(VOLUME_INFORMATION, bytes(8) + b"\3\1\0\0"))}
        self.clusters: dict[int, bytes] = {}
        self.free_record, self.free = 40, 400

    def stored(self, data: bytes) -> int:
        """Returns the first cluster of the data."""
        at, self.free = self.free, self.free + -(-len(data) // crafted.CLUSTER)
        self.clusters[at] = data
        return at

    def file(self, *attributes: bytes, flags: int = 1) -> int:
        at, self.free_record = self.free_record, self.free_record + 1
        self.records[at] = record(*attributes, flags=flags)
        return at

    def content(self, data: bytes) -> int:
        """Returns the number of a file with this content."""
        count = -(-len(data) // crafted.CLUSTER)
        return self.file(non_resident(DATA, runs([(count, self.stored(data))]), len(data)))

    def folder(self, entries: Mapping[str, int]) -> int:
        return self.file(_index(entries), flags=3)

    def root(self, entries: Mapping[str, int]) -> bytes:
        """The whole disk."""
        self.records[5] = record(_index(entries), flags=3)
        return crafted.volume_of(self.records, self.clusters)

    def windows(self, software: int, system: int, **more: int) -> bytes:
        """The whole disk with these files as hives; `more`: of System32."""
        config = self.folder({"SOFTWARE": software, "SYSTEM": system})
        folder = self.folder({"config": config, "drivers": self.folder({}), **more})
        return self.root({"Windows": self.folder({"System32": folder})})


def windows(software_hive: bytes = b"", system_hive: bytes = b"") -> bytes:
    disk = Disk()
    return disk.windows(disk.content(software_hive or software()), disk.content(system_hive or system()))


def _index(entries: Mapping[str, int]) -> bytes:
    ordered = sorted(entries.items(), key=lambda entry: entry[0].upper())
    packed = b"".join(crafted.entry(name, at) for name, at in ordered)
    return resident(INDEX_ROOT, crafted.root(packed + crafted.entry(None)), "$I30")
