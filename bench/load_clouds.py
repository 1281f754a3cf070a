"""IMS with its task limit, and a ledger with a delayed index that counts its requests. Both are in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from imagedrop.domain.drop import Drop, OpenIndexPartition
from imagedrop.ports import Image, ImsError, QueuedDrop
from imagedrop_local.memory import MemoryImages, MemoryLedger, SettableClock
from imagedrop_local.memory.images import Outcome, _JobRecord
from imagedrop_local.memory.open_index import MemoryOpenIndex

TASKS = 40
MINUTES = (2, 15)  # of a job
LAG = 1.0  # s; a DynamoDB index takes less, but functions take no time here and would never compete otherwise
PAGE = 4_000  # queued drops in one page (1 MB) of a DynamoDB query
READS = ("get", "open", "tasks_in_progress", "queued", "rows_of_key", "images_naming_part", "load")


class LoadImages(MemoryImages):
    """Jobs of 2 to 15 minutes. CreateImage is refused beyond 40 tasks."""

    def __init__(self, clock: SettableClock, random: Random) -> None:
        super().__init__(clock)
        self._seconds, self._random = clock.seconds, random
        self._running: dict[str, tuple[float, int]] = {}  # job id -> when it ends, its tasks
        self._by_tag: dict[str, _JobRecord] = {}
        self._by_id: dict[str, _JobRecord] = {}
        self.most_tasks, self.refused = 0, 0

    def create(self, body: Mapping[str, Any]) -> str:
        now, tasks = self._seconds(), 1 + len(body.get("data_images", ()))
        self._running = {job_id: running for job_id, running in self._running.items() if running[0] > now}
        running_tasks = tasks + sum(count for _, count in self._running.values())
        if running_tasks > TASKS:
            self.calls["create"] += 1
            self.refused += 1
            raise ImsError("busy", "IMG.0060", "too many tasks")
        seconds = self._random.uniform(*MINUTES) * 60
        self.plan(Outcome(seconds))
        job_id = super().create(body)
        self.most_tasks, record = max(self.most_tasks, running_tasks), self._imports[job_id]
        self._running[job_id] = (now + seconds, tasks)
        for image in record.images:
            self._by_id[image.id] = record
            self._by_tag.update(dict.fromkeys(map(repr, image.tags.items()), record))
        return job_id

    def by_tag(self, key: str, value: str) -> Sequence[Image]:
        self.calls["by_tag"] += 1
        return self._visible_images(self._by_tag.get(repr((key, value))))

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]:
        self.calls["by_ids"] += 1
        visible = (image for image_id in image_ids for image in self._visible_images(self._by_id.get(image_id)))
        return [image for image in visible if image.id in image_ids]

    def _visible_images(self, record: _JobRecord | None) -> list[Image]:
        if record is None or not self._is_visible(record):
            return []
        return [self._with_status(record, image) for image in record.images]


class LoadLedger(MemoryLedger):
    """Counts the requests that DynamoDB would get."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__()
        self._open_index = DelayedOpenIndex(clock)

    def save(self, drop: Drop) -> Drop:
        self.calls["file"] += not drop.revision
        return super().save(drop)

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        self.calls["file"] += not drop.revision
        return super().accept(drop, over)

    def open(self, *, queued: bool = True) -> Iterator[Drop]:
        for row in super().open(queued=queued):
            self.calls["get"] += 1
            yield row

    def queued(self, limit: int | None = None) -> Sequence[QueuedDrop]:
        found = super().queued(limit)
        self.calls["queued"] += len(found) // PAGE
        return found

    def rows_of_key(self, bucket: str, key: str) -> list[Drop]:
        rows = super().rows_of_key(bucket, key)
        self.calls["get"] += len(rows)
        return rows

    @property
    def reads(self) -> int:
        return sum(self.calls[name] for name in READS)

    @property
    def writes(self) -> int:
        return sum(self.calls.values()) - self.reads


class DelayedOpenIndex(MemoryOpenIndex):
    """Shows each row one second after its write."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__()
        self._clock = clock
        self._delayed: deque[tuple[float, Drop]] = deque()

    def put(self, drop: Drop) -> None:
        self._delayed.append((self._clock.seconds() + LAG, drop))

    def oldest_first(self, *partitions: OpenIndexPartition, limit: int | None = None) -> list[QueuedDrop]:
        while self._delayed and self._delayed[0][0] <= self._clock.seconds():
            super().put(self._delayed.popleft()[1])
        return super().oldest_first(*partitions, limit=limit)
