"""The ledger in memory. Rows are kept as JSON, so it accepts nothing that the real table cannot hold."""

from __future__ import annotations

import copy
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from imagedrop.domain.drop import Drop, OpenIndexPartition, with_next_revision
from imagedrop.ports import KEPT_OF_KEY, Conflict, KeyTaken, QueuedDrop
from imagedrop_local.memory.open_index import MemoryOpenIndex
from imagedrop_local.memory.scripted_faults import ScriptedFaults

CONTENTS = ("_rows", "_revisions", "_keys", "_open_index", "_live", "_parts", "_notes", "_counts")


class MemoryLedger(ScriptedFaults):
    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, str] = {}
        self._revisions: dict[str, int] = {}
        self._keys: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)  # drop ids, in order
        self._open_index = MemoryOpenIndex()
        self._live: dict[tuple[str, str], str] = {}
        self._parts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._notes: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def rows(self) -> list[Drop]:
        """Every row, for assertions."""
        return [Drop.model_validate(json.loads(row)) for row in self._rows.values()]

    def wipe(self) -> None:
        """Deletes everything, as if the table were lost."""
        for rows in (self._rows, self._revisions, self._keys, self._open_index):
            rows.clear()
        for records in (self._live, self._parts, self._notes, self._counts):
            records.clear()

    def backup(self) -> dict[str, Any]:
        """A copy of everything, for `restore`."""
        return copy.deepcopy({name: getattr(self, name) for name in CONTENTS})

    def restore(self, backup: Mapping[str, Any]) -> None:
        """What was written after the backup is gone."""
        for name, value in copy.deepcopy(dict(backup)).items():
            setattr(self, name, value)

    def live(self) -> dict[tuple[str, str], str]:
        """(bucket, key) -> id of the drop that holds the key."""
        return dict(self._live)

    # --- the port

    def get(self, drop_id: str) -> Drop | None:
        with self._call("get"):
            return self._get(drop_id)

    def save(self, drop: Drop) -> Drop:
        with self._call("save"):
            self._check(drop)
            return self._write(drop)

    def delete(self, drop: Drop) -> None:
        with self._call("delete"):
            self._check(drop)
            if self._rows.pop(drop.drop_id, None) is not None:
                del self._revisions[drop.drop_id]
                self._keys[drop.bucket, drop.key].pop(drop.drop_id, None)
                self._open_index.delete(drop.drop_id)

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        with self._call("accept"):
            self._check(drop)
            self._check_key(drop, over)
            self._live[drop.bucket, drop.key] = drop.drop_id
            return self._write(drop)

    def release_key(self, drop: Drop) -> None:
        with self._call("release_key"):
            if self._live.get((drop.bucket, drop.key)) == drop.drop_id:
                del self._live[drop.bucket, drop.key]

    def open(self, *, queued: bool = True) -> Iterator[Drop]:
        with self._call("open"):
            partitions: tuple[OpenIndexPartition, ...] = (
                ("working", "other", "queued") if queued else ("working", "other")
            )
            found = self._open_index.oldest_first(*partitions)
        for entry in found:
            row = self._get(entry.drop_id)
            if row is not None and row.open and (queued or row.open_index_partition != "queued"):
                yield row

    def tasks_in_progress(self) -> Mapping[str, int]:
        with self._call("tasks_in_progress"):
            return {entry.drop_id: entry.tasks for entry in self._open_index.oldest_first("working")}

    def queued(self, limit: int | None = None) -> Sequence[QueuedDrop]:
        with self._call("queued"):
            return self._open_index.oldest_first("queued", limit=limit)

    def rows_of_key(self, bucket: str, key: str) -> list[Drop]:
        with self._call("rows_of_key"):
            rows = (self._get(drop_id) for drop_id in list(self._keys.get((bucket, key), ())))
            return [row for row in rows if row is not None]

    def record_part(self, bucket: str, part: str, image_key: str) -> None:
        with self._call("record_part"):
            images = self._parts[bucket, part]
            images.add(image_key)
            if len(images) > 2 * KEPT_OF_KEY:
                images.difference_update(sorted(images - {image_key})[KEPT_OF_KEY:])

    def images_naming_part(self, bucket: str, part: str) -> Sequence[str]:
        with self._call("images_naming_part"):
            return sorted(self._parts.get((bucket, part), ()))

    def load(self, name: str) -> dict[str, Any] | None:
        with self._call("load"):
            note: dict[str, Any] | None = json.loads(self._notes.get(name, "null"))
            return note

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        with self._call("store"):
            self._notes[name] = json.dumps(dict(value))

    def count(self, name: str, most: int, until: datetime) -> bool:
        with self._call("count"):
            within = self._counts[name] < most
            self._counts[name] += within
            return within

    def _get(self, drop_id: str) -> Drop | None:
        row = self._rows.get(drop_id)
        return Drop.model_validate(json.loads(row)) if row is not None else None

    def _write(self, drop: Drop) -> Drop:
        saved = with_next_revision(drop)
        self._rows[drop.drop_id] = self._text(saved)
        self._revisions[drop.drop_id] = saved.revision
        self._keys[drop.bucket, drop.key][drop.drop_id] = None
        self._open_index.put(saved)
        if len(self._keys[drop.bucket, drop.key]) > 2 * KEPT_OF_KEY:
            self._forget_old_drops(self._keys[drop.bucket, drop.key])
        return saved

    def _forget_old_drops(self, drop_ids: dict[str, None]) -> None:
        rows = [row for row in map(self._get, drop_ids) if row is not None and not row.open]
        for row in sorted(rows, key=lambda row: row.updated_at)[:-KEPT_OF_KEY]:
            del drop_ids[row.drop_id]

    def _text(self, saved: Drop) -> str:
        return json.dumps(saved.model_dump(mode="json"))

    def _check_key(self, drop: Drop, over: Drop | None) -> None:
        holder = self._live.get((drop.bucket, drop.key))
        allowed = holder in (None, drop.drop_id)
        if over is not None and over.drop_id != drop.drop_id:
            try:
                self._check(over)
            except Conflict:
                if allowed:
                    raise
                raise KeyTaken(str(holder)) from None
            allowed = allowed or holder == over.drop_id
        if not allowed:
            raise KeyTaken(str(holder))

    def _check(self, drop: Drop) -> None:
        current = self._revisions.get(drop.drop_id, 0)
        if current != drop.revision:
            raise Conflict(f"{drop.drop_id}: revision {drop.revision} was read, {current or 'none'} is there")
