"""Changed bytes of a volume, where it is really read: an answer or a refusal, in few requests."""

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

RUNS = 25  # a volume
PATHS = (
    FRAGMENTED,
    SPARSE,
    f"{COMPRESSED_FOLDER}/mixed.bin",
    "lzx.exe",
    "many/file 0077.dat",
    r"folder\SUB FOLDER\deep.txt",
)
PIECE = 9000  # bytes that are read of each
PARSED = 1024  # bytes of a read that count: content is none of the structures


class Watched(Raw):
    """Remembers what of it was read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(BlockCache(MemorySource(data), Budget()), FindingsReport("a.raw", len(data)))
        self.open()
        self.places: list[range] = []

    def read(self, offset: int, length: int) -> bytes:
        self.places.append(range(offset, offset + min(length, PARSED)))
        return super().read(offset, length)


def look_around(disk: Watched) -> None:
    for path in PATHS:
        try:
            of = Volume(disk, 0)
            found = of.find(path)
            if found and not found.is_directory:
                content = found.data()
                content.read(max(0, content.size - PIECE), min(content.size, PIECE))
            if (streams := of.find(WITH_STREAMS)) and (two := streams.stream("two")):
                two.read(0, min(two.size, PIECE))
        except (Unreadable, PastEnd):
            continue


@pytest.mark.parametrize("name", VOLUMES)
def test_no_changed_byte_does_more_than_make_it_unreadable(name: str) -> None:
    data, dice = volume_bytes(name), random.Random(name)
    sound = Watched(data)
    look_around(sound)
    places = [place for place in dict.fromkeys(sound.places) if place]
    for _ in range(RUNS):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            changed[dice.choice(dice.choice(places))] = dice.choice((0, 1, 2, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        disk = Watched(bytes(changed))
        look_around(disk)
        assert disk.file.cost.gets <= 250
