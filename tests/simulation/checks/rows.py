"""What must hold of every row as it is written."""

from __future__ import annotations

import json

from imagedrop.common.timestamps import parse_timestamp
from imagedrop.domain import object_keys
from imagedrop.domain.drop import ALLOWED_TRANSITIONS, LIVE, Drop
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.sweep.redrive import MAX_REDRIVES
from tests.simulation.checks.history_record import Book, shown
from tests.simulation.inspection_cache import facts_of
from tests.simulation.workers import Worker
from tests.simulation.workload import content_of

SLACK = 2 * 3600.0  # s; from the deadline to the end: a look that is due, and what the sweep may take to see it
APART = 2 * 60.0  # s; what clocks are off
FROM_MESSAGE = ("register", "poll", "notify")


class Rows:
    def __init__(self, book: Book) -> None:
        self._book = book
        self._moved_at: dict[str, float] = {}  # when a row last moved by itself
        self._mishaps: dict[str, int] = {}  # what had gone wrong until then

    def written(self, after: Drop, worker: Worker | None) -> bool:
        """True if the row has come to another stage or attempt."""
        book = self._book
        before = book.rows.get(after.drop_id)
        book.rows[after.drop_id] = after
        moved_at = self._moved_at.get(after.drop_id, 0.0)
        if before is None or after.redrives <= before.redrives:
            self._moved_at[after.drop_id] = book.clock.seconds()
        if before is not None and worker is not None:
            self._in_time(before, worker)
            if after.redrives > before.redrives:
                self._driven(before)
        if after.redrives == 0:  # what befell its message while this one held it counts, too
            self._mishaps[after.drop_id] = worker.mishaps if worker else book.mishaps
        moved = before is None or (before.stage, before.attempt) != (after.stage, after.attempt)
        if moved:
            book.say(f"ledger: {shown(after)} is {after.stage} {after.reason.code if after.reason else ''}")
            self._given_up(after, moved_at)
            self._moved(before, after)
        elif before is not None and before.ended and _said(before) != _said(after):
            book.fail(f"the end of {shown(after)} has changed")
        self._one_live(after)
        return moved

    def _in_time(self, before: Drop, worker: Worker) -> None:
        """A message of an older attempt or poll generation changes nothing."""
        told = worker.body
        if worker.name not in FROM_MESSAGE or told.get("drop_id") != before.drop_id:
            return
        if before.attempt != told["attempt"]:
            self._book.fail(f"a message of attempt {told['attempt']} has changed {shown(before)}")
        if worker.name == "poll" and before.generation != told["generation"]:
            self._book.fail(f"a message of generation {told['generation']} has changed {shown(before)}")

    def _driven(self, before: Drop) -> None:
        """By the sweep: only what stands still, and nothing does where nothing went wrong."""
        book, now = self._book, self._book.clock.seconds()
        due = max(parse_timestamp(one).timestamp() for one in (before.updated_at, before.next_at) if one)
        if now - due < book.ports.settings.stall_after - APART:
            book.fail(f"{shown(before)} is driven again after {now - due:.0f} s")
        if book.mishaps == self._mishaps.get(before.drop_id, 0):
            book.fail(f"{shown(before)}, {before.stage}, stands still though nothing has gone wrong")

    def _judged(self, row: Drop) -> None:
        """By the very files that it says it has read."""
        image, sidecar = row.versions.get(row.key), row.versions.get(object_keys.sidecar_key(row.key))
        if row.facts is not None and image is not None and row.facts != facts_of(image.etag, row.key):
            self._book.fail(f"{shown(row)} was judged by other content than it says")
        if row.request is not None and sidecar is not None:
            wanted = json.loads(content_of(sidecar.etag))
            if not isinstance(wanted, dict) or row.request["name"] != wanted["name"]:
                self._book.fail(f"{shown(row)} was judged by another sidecar than it says")

    def _moved(self, before: Drop | None, after: Drop) -> None:
        fail = self._book.fail
        if after.stage == "accepted" or (after.stage == "rejected" and after.facts):
            self._judged(after)
        if (
            before is not None
            and before.attempt == after.attempt
            and after.stage not in ALLOWED_TRANSITIONS[before.stage]
        ):
            fail(f"{shown(after)}: {before.stage} was left for {after.stage}")
        if before is not None and after.attempt not in (before.attempt, before.attempt + 1):
            counted = (before.stage == "waiting" or before.ended) and after.attempt > before.attempt
            if not counted or (after.drop_id, after.attempt - 1) not in self._book.ends:
                fail(f"{shown(after)} follows attempt {before.attempt}")
        if before is not None and before.ended and not self._was_dropped_again(before):
            fail(f"{shown(after)} begins though nothing has changed")
        if after.ended:
            self._ended(before, after)

    def _was_dropped_again(self, before: Drop) -> bool:
        now = {key: file_versions.version_of(self._book.lying(key)) for key in before.versions}
        return now != before.versions or (before.key, before.attempt) in self._book.redriven

    def _given_up(self, after: Drop, moved_at: float) -> None:
        if after.reason and after.reason.code == "internal":
            still = self._book.clock.seconds() - moved_at
            if still < MAX_REDRIVES * self._book.ports.settings.stall_after - APART:
                self._book.fail(f"{shown(after)} is given up after {still:.0f} s")

    def _ended(self, before: Drop | None, after: Drop) -> None:
        book, now = self._book, self._book.clock.seconds()
        end = after.drop_id, after.attempt
        book.ends[end] = after
        if end in book.ended_at:
            return  # found again after its row was lost
        book.ended_at[end] = now
        if before is None or book.calm_since is None or before.attempt != after.attempt:
            return
        alone = not any(row.open_index_partition == "working" for row in book.rows.values())
        if before.open_index_partition == "queued" and alone and now - book.calm_since > SLACK:
            book.fail(f"{shown(after)} has stood in line behind nobody")
        if before.stage in LIVE or before.missing:
            late = now - max(parse_timestamp(before.deadline_at).timestamp(), book.calm_since)
            if late > SLACK:
                book.fail(f"{shown(after)} ended {late:.0f} s after its deadline")

    def _one_live(self, row: Drop) -> None:
        if row.stage in LIVE and not self._book.wipes:
            rows = self._book.rows.values()
            live = [one.drop_id[:6] for one in rows if one.key == row.key and one.stage in LIVE]
            if len(live) > 1:
                self._book.fail(f"{row.key} has two live drops: {live}")


def _said(row: Drop) -> tuple[object, ...]:
    return row.stage, row.reason, row.images, row.versions, row.ended_at, row.findings
