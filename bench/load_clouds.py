"""IMS with its limit of tasks, and a ledger whose index lags and which counts its requests: in memory, for the load."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, ImsError, QueuedDrop
from imagedrop_local.memory import MemoryImages, MemoryLedger, SettableClock
from imagedrop_local.memory.images import Outcome, _Work
from imagedrop_local.memory.open_index import MemoryOpenIndex

TASKS = 40
MINUTES = (2, 15)
LAG = 1.0  # s; far longer than a DynamoDB index takes: functions run in no time here, and so they race all the same
PAGE = 4_000  # entries of the line in a query's page of 1 MB


class LoadImages(MemoryImages):
    """Jobs of 2 to 15 minutes; beyond 40 tasks CreateImage is refused."""

    def __init__(self, clock: SettableClock, random: Random) -> None:
        super().__init__(clock)
        self._seconds, self._random = clock.seconds, random
        self._running: dict[str, tuple[float, int]] = {}  # job id -> when it ends, its tasks
        self._by_tag: dict[str, _Work] = {}
        self._by_id: dict[str, _Work] = {}
        self.most, self.refused = 0, 0

    def create(self, body: Mapping[str, Any]) -> str:
        now, tasks = self._seconds(), 1 + len(body.get("data_images", ()))
        self._running = {job: one for job, one in self._running.items() if one[0] > now}
        taken = tasks + sum(one for _, one in self._running.values())
        if taken > TASKS:
            self.calls["create"] += 1
            self.refused += 1
            raise ImsError("busy", "IMG.0060", "too many tasks")
        seconds = self._random.uniform(*MINUTES) * 60
        self.plan(Outcome(seconds))
        job_id = super().create(body)
        self.most, work = max(self.most, taken), self._work[job_id]
        self._running[job_id] = (now + seconds, tasks)
        for image in work.images:
            self._by_id[image.id] = work
            self._by_tag.update(dict.fromkeys(map(repr, image.tags.items()), work))
        return job_id

    def by_tag(self, key: str, value: str) -> Sequence[Image]:
        self.calls["by_tag"] += 1
        return self._shown(self._by_tag.get(repr((key, value))))

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]:
        self.calls["by_ids"] += 1
        return [image for one in image_ids for image in self._shown(self._by_id.get(one)) if image.id == one]

    def _shown(self, work: _Work | None) -> list[Image]:
        return [self._now(work, image) for image in work.images] if work is not None and self._seen(work) else []


class LoadLedger(MemoryLedger):
    """Counts requests as DynamoDB gets them."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__()
        self._places = LaggingPlaces(clock)

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
        line = super().queued(limit)
        self.calls["queued"] += len(line) // PAGE
        return line

    def rows_of_key(self, bucket: str, key: str) -> list[Drop]:
        rows = super().rows_of_key(bucket, key)
        self.calls["get"] += len(rows)
        return rows

    @property
    def reads(self) -> int:
        return sum(
            self.calls[name]
            for name in ("get", "open", "tasks_in_progress", "queued", "rows_of_key", "images_naming_part", "load")
        )

    @property
    def writes(self) -> int:
        return sum(self.calls.values()) - self.reads


class LaggingPlaces(MemoryOpenIndex):
    """Shows what was written a second ago."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__()
        self._clock = clock
        self._coming: deque[tuple[float, Drop]] = deque()

    def put(self, drop: Drop) -> None:
        self._coming.append((self._clock.seconds() + LAG, drop))

    def of(self, *places: Any, limit: int | None = None) -> list[QueuedDrop]:
        while self._coming and self._coming[0][0] <= self._clock.seconds():
            super().put(self._coming.popleft()[1])
        return super().of(*places, limit=limit)
