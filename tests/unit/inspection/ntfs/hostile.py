"""Volumes made by hand to cost much or to mislead, and the helpers that make them."""

from __future__ import annotations

import struct

from tests.unit.inspection.images import patched
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.contents import reparse_point
from tests.unit.inspection.ntfs.crafted import (
    DATA,
    INDEX_ALLOCATION,
    INDEX_ROOT,
    LIST,
    MFT_AT,
    REPARSE,
    list_entry,
    non_resident,
    record,
    resident,
    runs,
)

FILE_RECORD = 40  # the record of the file
ROOT = {
    5: record(
        resident(INDEX_ROOT, crafted.root(crafted.entry("file", FILE_RECORD) + crafted.entry(None)), "$I30"), flags=3
    )
}


def volume_with_file(
    *attributes: bytes, more: dict[int, bytes] | None = None, clusters: dict[int, bytes] | None = None
) -> bytes:
    """A volume with one file, whose record has these attributes."""
    return crafted.volume_of(ROOT | {FILE_RECORD: record(*attributes)} | (more or {}), clusters)


def volume_with_root(entries: bytes, *blocks: bytes) -> bytes:
    """A volume whose root directory has these entries and blocks."""
    tree = non_resident(INDEX_ALLOCATION, runs([(len(blocks), 60)]), 4096 * len(blocks), "$I30")
    attributes = resident(INDEX_ROOT, crafted.root(entries), "$I30"), tree
    return crafted.volume_of(
        {5: record(*attributes, flags=3), FILE_RECORD: record(resident(DATA, b"inside"))}, {60: b"".join(blocks)}
    )


def volume_with_mft(*attributes: bytes, clusters: dict[int, bytes] | None = None) -> bytes:
    """A volume whose $MFT has these attributes."""
    return crafted.volume_of(ROOT | {0: record(*attributes), FILE_RECORD: record(resident(DATA, b"inside"))}, clusters)


LIST_OF_MANY = b"".join(list_entry(DATA, FILE_RECORD + 1, number) for number in range(100_000))
LIST_OF_OTHERS = b"".join(list_entry(DATA, FILE_RECORD + 1 + number, number) for number in range(12_000))
FAR = 1 << 40
COMPRESSED = non_resident(DATA, runs([(1, 60), (15, None)]), 65536, flags=1, unit=4)
HOSTILE: dict[str, bytes] = {
    "an index node that leads to itself": volume_with_root(
        crafted.entry(None, 0, 0), crafted.block(crafted.entry(None, 0, 0), 0)
    ),
    "an index node that is no node": volume_with_root(crafted.entry(None, 0, 0), bytes(4096)),
    "an index of 2^40 clusters": volume_with_root(crafted.entry(None, 0, FAR), crafted.block(crafted.entry(None), 0)),
    "a run behind the volume": volume_with_file(non_resident(DATA, runs([(1, FAR)]), 4096)),
    "a run before the volume": volume_with_file(non_resident(DATA, runs([(1, 5), (1, -9)]), 8192)),
    "no runs for a large file": volume_with_file(non_resident(DATA, b"\0", 1 << 40)),
    "a size beyond the runs": volume_with_file(non_resident(DATA, runs([(1, 60)]), 1 << 62)),
    "runs that are malformed": volume_with_file(non_resident(DATA, b"\x9f" * 30, 4096)),
    "no content at all": volume_with_file(),
    "an encrypted file": volume_with_file(non_resident(DATA, runs([(1, 60)]), 4096, flags=0x4000)),
    "a list that lists itself": volume_with_file(
        resident(LIST, list_entry(LIST, FILE_RECORD) + list_entry(DATA, FILE_RECORD))
    ),
    "a list in clusters that lists itself": volume_with_file(
        non_resident(LIST, runs([(1, 60)]), 64),
        clusters={60: list_entry(LIST, FILE_RECORD) + list_entry(DATA, FILE_RECORD)},
    ),
    "a list that lists another file's content": volume_with_file(
        resident(LIST, list_entry(DATA, 41)), more={41: record(resident(DATA, b"secret"))}
    ),
    "a list that lists a record outside": volume_with_file(resident(LIST, list_entry(DATA, 1 << 40))),
    "a list of 100,000 entries": volume_with_file(
        non_resident(LIST, runs([(len(LIST_OF_MANY) // 4096 + 1, 60)]), len(LIST_OF_MANY)), clusters={60: LIST_OF_MANY}
    ),
    "a list of 12,000 records": volume_with_file(
        non_resident(LIST, runs([(len(LIST_OF_OTHERS) // 4096 + 1, 60)]), len(LIST_OF_OTHERS)),
        clusters={60: LIST_OF_OTHERS},
    ),
    "a list of 2^62 bytes": volume_with_file(non_resident(LIST, runs([(1 << 50, None)]), 1 << 62)),
    "a list whose entries have no length": volume_with_file(
        resident(LIST, patched(list_entry(DATA, FILE_RECORD), (4, b"\0\0")) * 2)
    ),
    "pieces that leave a gap": volume_with_file(
        resident(LIST, list_entry(DATA, FILE_RECORD) + list_entry(DATA, 41, 5)),
        non_resident(DATA, runs([(1, 60)]), 40_000),
        more={41: record(non_resident(DATA, runs([(5, 70)]), 0, first=5), base=1 << 48 | FILE_RECORD)},
    ),
    "units of 2^16 clusters": volume_with_file(non_resident(DATA, runs([(1 << 16, None)]), 1 << 28, flags=1, unit=16)),
    "units of no clusters": volume_with_file(non_resident(DATA, runs([(16, 60)]), 65536, flags=1)),
    "a compressed unit that is not LZNT1": volume_with_file(COMPRESSED, clusters={60: b"\x00\x10" * 2048}),
    "an LZNT1 bomb": volume_with_file(COMPRESSED, clusters={60: struct.pack("<HBBH", 0xB003, 2, 0x41, 0xFFF) * 682}),
    "an overlay of an unknown algorithm": volume_with_file(
        non_resident(DATA, runs([(1, None)]), 4096),
        resident(DATA, bytes(200), "WofCompressedData"),
        resident(REPARSE, reparse_point(9)),
    ),
    "an overlay of 2^60 bytes": volume_with_file(
        non_resident(DATA, runs([(1 << 48, None), (1 << 47, None)]), 1 << 60),
        resident(DATA, bytes(200), "WofCompressedData"),
        resident(REPARSE, reparse_point(0)),
    ),
    "an overlay in a WIM file": volume_with_file(
        non_resident(DATA, runs([(1, None)]), 4096),
        resident(DATA, bytes(200), "WofCompressedData"),
        resident(REPARSE, reparse_point(0, provider=1)),
    ),
    "an MFT in its own record": volume_with_mft(resident(DATA, bytes(500))),
    "an MFT of no runs": volume_with_mft(non_resident(DATA, b"\0", 4096)),
    "an MFT that is sparse": volume_with_mft(non_resident(DATA, runs([(1 << 40, None)]), 1 << 52)),
    "an MFT without content": volume_with_mft(),
    "an MFT that begins elsewhere": volume_with_mft(non_resident(DATA, runs([(30, 100)]), 30 * 4096)),
    "an MFT whose list is outside the disk": volume_with_mft(
        non_resident(LIST, runs([(1, FAR)]), 64), non_resident(DATA, runs([(1, MFT_AT)]), 4096)
    ),
    "an MFT whose list is in records that only it maps": volume_with_mft(
        resident(LIST, list_entry(DATA, 0) + list_entry(DATA, FILE_RECORD, 1)),
        non_resident(DATA, runs([(1, MFT_AT)]), 1 << 30),
    ),
    "an MFT whose list leads to itself": volume_with_mft(
        resident(LIST, list_entry(DATA, 0) + list_entry(DATA, 1, 1)), non_resident(DATA, runs([(1, MFT_AT)]), 1 << 30)
    ),
    "a root that is a file": crafted.volume_of({5: record(), FILE_RECORD: record()}),
    "a root that is not in use": crafted.volume_of({5: record(flags=2), FILE_RECORD: record()}),
    "an entry that leads to no record": crafted.volume_of(ROOT | {41: bytes(1024)}),
    "an entry that leads outside the MFT": crafted.volume_of(
        {
            5: record(
                resident(INDEX_ROOT, crafted.root(crafted.entry("file", 2**48 - 1) + crafted.entry(None)), "$I30"),
                flags=3,
            )
        }
    ),
    "clusters of 2^31 bytes": crafted.volume_of(ROOT, sector=crafted.boot(0xEA, index=0xF4)),
    "records of 0 bytes": crafted.volume_of(ROOT, sector=crafted.boot(record=0)),
    "records of 2^63 bytes": crafted.volume_of(ROOT, sector=crafted.boot(record=0xC1)),
    "an MFT behind the disk": crafted.volume_of(ROOT, sector=crafted.boot(mft=1 << 40)),
    "an MFT at 2^64": crafted.volume_of(ROOT, sector=crafted.boot(mft=2**64 - 1)),
}
