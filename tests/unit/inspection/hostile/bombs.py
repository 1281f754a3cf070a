"""Hives whose values each lie in a compressed unit of their own; all units are stored at the same offset."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from tests.unit.inspection.hostile.windows import SZ, Disk, KeyTreeBuilder, software, system
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.contents import reparse_point
from tests.unit.inspection.ntfs.crafted import DATA, LIST, REPARSE, non_resident, resident
from tests.unit.inspection.unpack.packers import LzxPacker, pack_lznt1, pack_lzx
from tests.unit.inspection.unpack.samples import sample

CLUSTER = crafted.CLUSTER
VALUE = struct.pack("<2sHI4sIHH", b"vk", 9, 1 << 31 | 4, b"z\0\0\0", SZ, 1, 0) + b"EditionID"
CELL = struct.pack("<i", -40) + VALUE.ljust(36, b"\0")
CELL_AT = 64  # in every unit
RUNS_A_RECORD = 200
KEPT = (DATA, REPARSE)


def spread(count: int, unit: int) -> bytes:
    """The first unit of a SOFTWARE hive whose product key has a value in each of `count` further units."""
    builder = KeyTreeBuilder()
    offsets = [unit * (1 + number) + CELL_AT - 4096 for number in range(count)]
    root = builder.path(offsets, "ROOT", "Microsoft", "Windows NT", "CurrentVersion")
    hive = bytearray(builder.bytes(root))
    struct.pack_into("<I", hive, 40, unit * (1 + count) - 4096)
    return bytes(hive).ljust(unit, b"\0")


def lznt1_hive(count: int, clusters: int) -> bytes:
    """Every unit of the hive but the first is compressed in the same cluster."""
    disk, unit = Disk(), clusters * CLUSTER
    first = disk.stored(spread(count, unit))
    packed = disk.stored(pack_lznt1((bytes(CELL_AT) + CELL).ljust(unit, b"\0")).ljust(CLUSTER, b"\0"))
    placed = [(clusters, first), *[(1, packed), (clusters - 1, None)] * count]
    hive = _fragmented(disk, placed, (1 + count) * unit, "", flags=1, unit=clusters.bit_length() - 1)
    return disk.windows(hive, disk.content(system()))


def overlaid_hive(count: int) -> bytes:
    """Every chunk of the hive but the first, 16 blocks of LZX, lies in the same clusters, as WOF compresses files."""
    unit, disk, slow = 32768, Disk(), LzxPacker()
    content = (bytes(CELL_AT) + CELL + sample())[:unit]
    for at in range(0, unit, unit // 16):
        slow.coded(content[at : at + unit // 16], aligned=True)
    chunk = _padded(bytes(slow.bits.out))
    head = _padded(bytes(4 * count) + pack_lzx(spread(count, unit)))
    ends = [len(head) - 4 * count + number * len(chunk) for number in range(count)]
    head = struct.pack(f"<{count}I", *ends) + head[4 * count :]
    placed = [(len(head) // CLUSTER, disk.stored(head)), *[(len(chunk) // CLUSTER, disk.stored(chunk))] * count]
    clusters = (1 + count) * unit // CLUSTER
    more = non_resident(DATA, crafted.runs([(clusters, None)]), clusters * CLUSTER), resident(REPARSE, reparse_point(1))
    hive = _fragmented(disk, placed, len(head) + count * len(chunk), "WofCompressedData", *more)
    return disk.windows(hive, disk.content(system()))


def scattered_hive(count: int) -> bytes:
    """Both hives end in `count` clusters, each in a run of its own."""
    disk = Disk()
    disk.free += count // RUNS_A_RECORD  # room for the records
    hives = []
    for hive in (software(), system()):
        data, tail = _padded(hive), disk.stored(bytes(3 * CLUSTER))
        pieces = [(len(data) // CLUSTER, disk.stored(data)), *[(1, tail), (1, tail + 2)] * (count // 2)]
        hives.append(_fragmented(disk, pieces, len(data) + count * CLUSTER, ""))
    return disk.windows(*hives)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % CLUSTER)


def _fragmented(
    disk: Disk, placed: Sequence[tuple[int, int | None]], size: int, name: str, *more: bytes, **packing: int
) -> int:
    """A file in very many fragments, with as many MFT records as they need; `more`: further attributes."""
    base, first, kept = (
        disk.file(),
        0,
        b"".join(crafted.list_entry(kind, disk.free_record - 1) for kind in KEPT[: len(more)]),
    )
    for start in range(0, len(placed), RUNS_A_RECORD):
        part = placed[start : start + RUNS_A_RECORD]
        attribute = non_resident(DATA, crafted.runs(part), 0 if start else size, name, first=first, **packing)
        kept += crafted.list_entry(DATA, disk.free_record, first, name)
        disk.records[disk.file()] = crafted.record(attribute, base=1 << 48 | base)
        first += sum(count for count, _ in part)
    where = crafted.runs([(-(-len(kept) // CLUSTER), disk.stored(kept))])
    disk.records[base] = crafted.record(non_resident(LIST, where, len(kept)), *more)
    return base


def qcow2_hive(count: int, bits: int) -> bytes:
    """Every cluster of a disk but the first two is compressed at the same offset; each holds a value of the hive."""
    unit, disk = 1 << bits, Disk()
    disk.clusters[unit // CLUSTER] = spread(count, unit)
    clusters = crafted.runs([((1 + count) * unit // CLUSTER, unit // CLUSTER)])
    hive = disk.file(non_resident(DATA, clusters, (1 + count) * unit))
    raw = disk.windows(hive, disk.content(system()))
    return packed_qcow2([raw[:unit], raw[unit:].ljust(unit, b"\0"), (bytes(CELL_AT) + CELL).ljust(unit, b"\0")],
                        2 + count, bits)  # fmt: skip


def packed_qcow2(units: Sequence[bytes], count: int, bits: int) -> bytes:
    """A version 2 disk of `count` compressed clusters: `units`, the last of them repeated."""
    unit, shift = 1 << bits, 70 - bits
    head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, bits, count * unit, 0, 1, unit, 0, 0, 0, 0)
    out = bytearray(head.ljust(unit, b"\0") + struct.pack(">Q", 2 * unit).ljust(unit, b"\0") + bytes(unit))
    entries = []
    for content in units:
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = stream.compress(content) + stream.flush()
        sectors = (len(packed) - 1) // 512
        entries.append(1 << 62 | sectors << shift | len(out))
        out += packed.ljust((sectors + 1) * 512, b"\0")
    entries += entries[-1:] * (count - len(units))
    struct.pack_into(f">{count}Q", out, 2 * unit, *entries)
    return bytes(out)
