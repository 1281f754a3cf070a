"""Changed bytes of a volume, where it is really read: it is read or refused, in few requests."""

from __future__ import annotations

import random

import pytest

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers.raw import Raw
from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.ntfs import Volume
from tests.unit.inspection.images import MemorySource
from tests.unit.inspection.ntfs.contents import COMPRESSED_FOLDER, FRAGMENTED, SPARSE, WITH_STREAMS
from tests.unit.inspection.ntfs.volumes import VOLUMES, volume_bytes

RUNS = 25  # for each volume
PATHS = (FRAGMENTED, SPARSE, f"{COMPRESSED_FOLDER}/mixed.bin", "lzx.exe", "many/file 0077.dat",
         r"folder\SUB FOLDER\deep.txt")  # fmt: skip
PART = 9000  # bytes that are read of each file
STRUCTURE = 1024  # bytes at the start of a read that are changed; the rest is content


class PatchedSource(MemorySource):
    """`patches`: offset -> byte."""

    def __init__(self, data: bytes, patches: dict[int, int]) -> None:
        super().__init__(data)
        self._patches = patches

    def read(self, offset: int, length: int) -> bytes:
        data = bytearray(super().read(offset, length))
        for at, byte in self._patches.items():
            if offset <= at < offset + length:
                data[at - offset] = byte
        return bytes(data)


class RecordingDisk(Raw):
    """Remembers what was read of it."""

    def __init__(self, data: bytes, patches: dict[int, int] | None = None) -> None:
        cache = BlockCache(PatchedSource(data, patches or {}), Budget())
        super().__init__(cache, FindingsReport("a.raw", len(data)))
        self.open()
        self.reads: list[range] = []

    def read(self, offset: int, length: int) -> bytes:
        self.reads.append(range(offset, offset + min(length, STRUCTURE)))
        return super().read(offset, length)


def read_files(disk: RecordingDisk) -> None:
    for path in PATHS:
        try:
            volume = Volume(disk, 0)
            found = volume.find(path)
            if found and not found.is_directory:
                content = found.data()
                content.read(max(0, content.size - PART), min(content.size, PART))
            if path == PATHS[0] and (streams := volume.find(WITH_STREAMS)) and (second := streams.stream("two")):
                second.read(0, min(second.size, PART))
        except (Unreadable, PastEnd):
            continue


@pytest.mark.parametrize("name", VOLUMES)
def test_a_volume_with_changed_bytes_is_read_or_refused_in_few_requests(name: str) -> None:
    data, dice = volume_bytes(name), random.Random(name)
    unchanged = RecordingDisk(data)
    read_files(unchanged)
    reads = [read for read in dict.fromkeys(unchanged.reads) if read]
    for _ in range(RUNS):
        patches = {
            dice.choice(dice.choice(reads)): dice.choice((0, 1, 2, 0x7F, 0x80, 0xFF, dice.randrange(256)))
            for _ in range(dice.randint(1, 4))
        }
        disk = RecordingDisk(data, patches)
        read_files(disk)
        assert disk.file.cost.gets <= 250
