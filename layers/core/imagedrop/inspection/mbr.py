"""The MBR and its chain of extended boot records (EBR).

   446 64  4 entries of 16: `ENTRY`     510  2  0x55AA
An EBR has the same layout: its first entry is a logical partition (relative to the EBR), its second the next EBR
(relative to the extended partition).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.findings_report import FindingsReport

ENTRY = struct.Struct("<B3xB3xII")  # 0 1 0x80 active, else 0    4 1 type, 0 unused    8 4 first sector    12 4 sectors
ENTRIES = range(446, 510, 16)
EXTENDED = (0x05, 0x0F, 0x85)
PROTECTIVE = 0xEE
LDM = 0x42
MAX_LOGICAL = 128


class Entry(NamedTuple):
    """`start` and `sectors` in sectors of the disk."""

    active: bool
    type: int
    start: int
    sectors: int


def parse(sector: bytes) -> list[Entry] | None:
    """The used entries; None where this is no MBR (no signature, or flags that no MBR has)."""
    if sector[510:512] != b"\x55\xaa":
        return None
    entries = []
    for offset in ENTRIES:
        flag, partition_type, start, sectors = ENTRY.unpack_from(sector, offset)
        if flag not in (0, 0x80):
            return None
        if partition_type and sectors:
            entries.append(Entry(flag == 0x80, partition_type, start, sectors))
    return entries


def logical(disk: Container, entries: list[Entry], sector_size: int, report: FindingsReport) -> Iterator[Entry]:
    """The partitions inside the extended one, by their sectors on the disk. Reports where the chain is broken."""
    extended = next((entry for entry in entries if entry.type in EXTENDED), None)
    lba, visited = extended.start if extended else 0, set[int]()
    while lba:
        assert extended
        why = _broken(lba, visited, extended)
        visited.add(lba)
        record = None
        if not why and (lba + 1) * sector_size <= disk.size:
            record = parse(disk.read(lba * sector_size, 512))
        if record is None:
            why = why or f"there is no extended boot record in sector {lba}"
            report.add(kinds.PARTITION_TABLE_DAMAGED, why=why)
            return
        for entry in record[:1]:
            if entry.type not in EXTENDED:
                yield entry._replace(start=lba + entry.start)
        lba = next((extended.start + entry.start for entry in record if entry.type in EXTENDED), 0)


def _broken(lba: int, visited: set[int], extended: Entry) -> str:
    if lba in visited:
        return f"the chain of extended boot records returns to sector {lba}"
    if not extended.start <= lba < extended.start + extended.sectors:
        return f"an extended boot record lies in sector {lba}, outside the extended partition"
    return f"more than {MAX_LOGICAL} logical partitions" if len(visited) >= MAX_LOGICAL else ""
