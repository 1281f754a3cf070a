"""Directories whose index trees are as deep as is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.unit.inspection.hostile.windows import Disk, software, system
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.crafted import INDEX_ALLOCATION, INDEX_ROOT, non_resident
from tests.unit.inspection.ntfs.crafted import resident as inside

CLUSTER = crafted.CLUSTER


def deep(nodes: int, size: int) -> bytes:
    """A Windows whose folders are index trees of `nodes` blocks, each below the one before, full of other names."""
    names = [crafted.entry(f"!{number:04}") for number in range((size - size // 64) // 104)]
    end = [crafted.entry(None, 0, number * size // CLUSTER) for number in range(1, nodes)] + [crafted.entry(None)]
    blocks = b"".join(crafted.block(b"".join([*names, end[at]]), at * size // CLUSTER, size) for at in range(nodes))
    disk = Disk()
    tree = non_resident(
        INDEX_ALLOCATION, crafted.runs([(len(blocks) // CLUSTER, disk.stored(blocks))]), len(blocks), "$I30"
    )

    def index(entries: Mapping[str, int]) -> Iterable[bytes]:
        packed = b"".join(crafted.entry(name, at, 0) for name, at in sorted(entries.items()))
        return inside(INDEX_ROOT, crafted.root(packed + crafted.entry(None, 0, 0), size), "$I30"), tree

    config = disk.file(*index({"SOFTWARE": disk.content(software()), "SYSTEM": disk.content(system())}), flags=3)
    folder = disk.file(*index({"config": config, "drivers": disk.file(*index({}), flags=3)}), flags=3)
    disk.records[5] = crafted.record(*index({"Windows": disk.file(*index({"System32": folder}), flags=3)}), flags=3)
    return crafted.volume_of(disk.records, disk.clusters)
