"""The ledger's index `open` in memory: the rows of each partition, sorted by the time of the last write."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict

from imagedrop.domain.drop import Drop, OpenIndexPartition
from imagedrop.ports import QueuedDrop


class MemoryOpenIndex:
    def __init__(self) -> None:
        self._rows: defaultdict[OpenIndexPartition, list[tuple[str, str]]] = defaultdict(list)
        self._entries: dict[str, tuple[OpenIndexPartition, str, QueuedDrop]] = {}

    def clear(self) -> None:
        self._rows.clear()
        self._entries.clear()

    def put(self, drop: Drop) -> None:
        self.delete(drop.drop_id)
        if drop.open_index_partition is not None:
            entry = QueuedDrop(drop.drop_id, drop.key, drop.parts, drop.tasks, drop.deadline_at)
            self._entries[drop.drop_id] = (drop.open_index_partition, drop.updated_at, entry)
            insort(self._rows[drop.open_index_partition], (drop.updated_at, drop.drop_id))

    def delete(self, drop_id: str) -> None:
        if drop_id in self._entries:
            partition, updated_at, _ = self._entries.pop(drop_id)
            rows = self._rows[partition]
            del rows[bisect_left(rows, (updated_at, drop_id))]

    def oldest_first(self, *partitions: OpenIndexPartition, limit: int | None = None) -> list[QueuedDrop]:
        found = sorted(row for partition in partitions for row in self._rows[partition][:limit])
        return [self._entries[drop_id][2] for _, drop_id in found[:limit]]
