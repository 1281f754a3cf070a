"""Hives whose values lie each in a packed unit of its own, which are all stored in the same place."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from tests.unit.inspection.hostile.windows import BINARY, Disk, Made, system
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.crafted import DATA, LIST, elsewhere
from tests.unit.inspection.unpack.packers import pack_lznt1

CLUSTER = crafted.CLUSTER
VALUE = struct.pack("<2sHI4sIHH", b"vk", 1, 1 << 31 | 4, b"data", BINARY, 1, 0) + b"z"
CELL = struct.pack("<i", -32) + VALUE.ljust(28, b"\0")
CELL_AT = 64  # in every unit


def spread(count: int, unit: int) -> bytes:
    """The first unit of a SOFTWARE hive whose product key has a value in each of `count` further units."""
    forge = Made()
    places = [unit * (1 + number) + CELL_AT - 4096 for number in range(count)]
    root = forge.path(forge.with_values(*places), "ROOT", "Microsoft", "Windows NT", "CurrentVersion")
    hive = bytearray(forge.bytes(root))
    struct.pack_into("<I", hive, 40, unit * (1 + count) - 4096)
    return bytes(hive).ljust(unit, b"\0")


def lznt1_hive(count: int, clusters: int) -> bytes:
    """Every further unit of the hive is packed in the same cluster."""
    disk, unit = Disk(), clusters * CLUSTER
    first = disk.stored(spread(count, unit))
    packed = disk.stored(pack_lznt1((bytes(CELL_AT) + CELL).ljust(unit, b"\0")).ljust(CLUSTER, b"\0"))
    pieces, per_record = [(0, [(clusters, first)])], 100
    for start in range(0, count, per_record):
        repeated = [(1, packed), (clusters - 1, None)] * min(per_record, count - start)
        pieces.append(((1 + start) * clusters, repeated))
    base, power = disk.file(), clusters.bit_length() - 1
    for order, (at, placed) in enumerate(pieces):
        size = 0 if order else (1 + count) * unit
        attribute = elsewhere(DATA, crafted.runs(placed), size, first=at, flags=1, unit=power)
        disk.records[disk.file()] = crafted.record(attribute, base=1 << 48 | base)
    listed = b"".join(crafted.listed(DATA, base + 1 + order, at) for order, (at, _) in enumerate(pieces))
    where = crafted.runs([(-(-len(listed) // CLUSTER), disk.stored(listed))])
    disk.records[base] = crafted.record(elsewhere(LIST, where, len(listed)))
    return disk.windows(base, disk.content(system()))


def qcow2_hive(count: int, bits: int) -> bytes:
    """Every further cluster of a disk lies packed in the same place; each holds a value of the hive."""
    unit, disk = 1 << bits, Disk()
    disk.clusters[unit // CLUSTER] = spread(count, unit)
    clusters = crafted.runs([((1 + count) * unit // CLUSTER, unit // CLUSTER)])
    hive = disk.file(elsewhere(DATA, clusters, (1 + count) * unit))
    raw = disk.windows(hive, disk.content(system()))
    return packed_qcow2([raw[:unit], raw[unit:].ljust(unit, b"\0"), (bytes(CELL_AT) + CELL).ljust(unit, b"\0")],
                        2 + count, bits)  # fmt: skip


def packed_qcow2(units: Sequence[bytes], count: int, bits: int) -> bytes:
    """A version 2 disk of `count` compressed clusters, of which all from the last unit on are that one."""
    unit, shift = 1 << bits, 70 - bits
    head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, bits, count * unit, 0, 1, unit, 0, 0, 0, 0)
    out = bytearray(head.ljust(unit, b"\0") + struct.pack(">Q", 2 * unit).ljust(unit, b"\0") + bytes(unit))
    entries = []
    for one in units:
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = stream.compress(one) + stream.flush()
        sectors = (len(packed) - 1) // 512
        entries.append(1 << 62 | sectors << shift | len(out))
        out += packed.ljust((sectors + 1) * 512, b"\0")
    entries += entries[-1:] * (count - len(units))
    struct.pack_into(f">{count}Q", out, 2 * unit, *entries)
    return bytes(out)
