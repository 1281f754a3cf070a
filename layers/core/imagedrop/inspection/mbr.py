"""The MBR and its chain of extended boot records (EBR).

   446 64  4 entries of 16     510  2  0x55AA
Entry:  0 1 0x80 active, else 0    4 1 type, 0 unused    8 4 first sector    12 4 sectors
An EBR has the same shape: its first entry is a logical partition (relative to the EBR), its second the next EBR
(relative to the extended partition).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.findings_report import FindingsReport

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENDED = (0x05, 0x0F, 0x85)
PROTECTIVE = 0xEE
LDM = 0x42
LOGICAL_MOST = 128


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
    for at in range(446, 510, 16):
        flag, kind, start, sectors = struct.unpack_from("<B3xB3xII", sector, at)
        if flag not in (0, 0x80):
            return None
        if kind and sectors:
            entries.append(Entry(flag == 0x80, kind, start, sectors))
    return entries


def logical(disk: Container, entries: list[Entry], sector_size: int, report: FindingsReport) -> Iterator[Entry]:
    """The partitions inside the extended one, placed as on the disk. Says so where the chain is broken."""
    extended = next((entry for entry in entries if entry.type in EXTENDED), None)
    at, seen = extended.start if extended else 0, set[int]()
    while at:
        assert extended
        why = _broken(at, seen, extended)
        seen.add(at)
        inside = None
        if not why and (at + 1) * sector_size <= disk.size:
            inside = parse(disk.read(at * sector_size, 512))
        if inside is None:
            why = why or f"there is no extended boot record in sector {at}"
            report.add(kinds.PARTITION_TABLE_DAMAGED, why=why)
            return
        yield from (Entry(one.active, one.type, at + one.start, one.sectors) for one in inside[:1] if _is_data(one))
        at = next((extended.start + one.start for one in inside if one.type in EXTENDED), 0)


def _broken(at: int, seen: set[int], extended: Entry) -> str:
    if at in seen:
        return f"the chain of extended boot records returns to sector {at}"
    if not extended.start <= at < extended.start + extended.sectors:
        return f"an extended boot record lies in sector {at}, outside the extended partition"
    return f"more than {LOGICAL_MOST} logical partitions" if len(seen) >= LOGICAL_MOST else ""


def _is_data(entry: Entry) -> bool:
    return entry.type not in EXTENDED
