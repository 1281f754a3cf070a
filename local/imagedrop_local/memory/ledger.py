"""The ledger in memory. Rows are kept as JSON, so that nothing gets in that the real table could not hold."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imagedrop.drop import Drop
from imagedrop.ports import Conflict, KeyTaken
from imagedrop_local.memory.scripted import Scripted


class MemoryLedger(Scripted):
    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, str] = {}
        self._live: dict[tuple[str, str], str] = {}
        self._parts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._notes: dict[str, str] = {}

    def rows(self) -> list[Drop]:
        """Every row, for a test to look at."""
        return [Drop.model_validate(json.loads(row)) for row in self._rows.values()]

    def wipe(self) -> None:
        """The table is lost."""
        for kept in (self._rows, self._live, self._parts, self._notes):
            kept.clear()

    def live(self) -> dict[tuple[str, str], str]:
        """(bucket, key) -> the drop id that holds it."""
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
            self._rows.pop(drop.drop_id, None)

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        with self._call("accept"):
            self._check(drop)
            self._check_key(drop, over)
            self._live[drop.bucket, drop.key] = drop.drop_id
            return self._write(drop)

    def unlock(self, drop: Drop) -> None:
        with self._call("unlock"):
            if self._live.get((drop.bucket, drop.key)) == drop.drop_id:
                del self._live[drop.bucket, drop.key]

    def open(self) -> Iterator[Drop]:
        with self._call("open"):
            ids = [drop.drop_id for drop in sorted(self.rows(), key=lambda drop: drop.updated_at) if drop.open]
        for drop_id in ids:
            row = self._get(drop_id)
            if row is not None and row.open:
                yield row

    def of_key(self, bucket: str, key: str) -> list[Drop]:
        with self._call("of_key"):
            return [drop for drop in self.rows() if (drop.bucket, drop.key) == (bucket, key)]

    def name_part(self, bucket: str, part: str, image_key: str) -> None:
        with self._call("name_part"):
            self._parts[bucket, part].add(image_key)

    def part_of(self, bucket: str, part: str) -> Sequence[str]:
        with self._call("part_of"):
            return sorted(self._parts.get((bucket, part), ()))

    def load(self, name: str) -> dict[str, Any] | None:
        with self._call("load"):
            note: dict[str, Any] | None = json.loads(self._notes.get(name, "null"))
            return note

    def store(self, name: str, value: Mapping[str, Any]) -> None:
        with self._call("store"):
            self._notes[name] = json.dumps(dict(value))

    def _get(self, drop_id: str) -> Drop | None:
        row = self._rows.get(drop_id)
        return Drop.model_validate(json.loads(row)) if row is not None else None

    def _write(self, drop: Drop) -> Drop:
        saved = drop.model_copy(update={"revision": drop.revision + 1})
        self._rows[drop.drop_id] = json.dumps(saved.model_dump(mode="json"))
        return saved

    def _check_key(self, drop: Drop, over: Drop | None) -> None:
        holder = self._live.get((drop.bucket, drop.key))
        mine = holder in (None, drop.drop_id)
        if over is not None and over.drop_id != drop.drop_id:
            try:
                self._check(over)
            except Conflict:
                if mine:
                    raise
                raise KeyTaken(str(holder)) from None
            mine = mine or holder == over.drop_id
        if not mine:
            raise KeyTaken(str(holder))

    def _check(self, drop: Drop) -> None:
        row = self._get(drop.drop_id)
        if (row.revision if row else 0) != drop.revision:
            raise Conflict(
                f"{drop.drop_id}: revision {drop.revision} was read, {row.revision if row else 'none'} is there"
            )
