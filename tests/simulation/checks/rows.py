"""What must hold for every row when it is written."""

from __future__ import annotations

import json
from collections import defaultdict

from imagedrop.common.timestamps import parse_timestamp
from imagedrop.domain import object_keys
from imagedrop.domain.drop import ALLOWED_TRANSITIONS, LIVE, Drop
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.sweep.redrive import MAX_REDRIVES
from tests.simulation.checks.history_record import End, HistoryRecord, describe
from tests.simulation.inspection_cache import facts_of
from tests.simulation.workers import Worker
from tests.simulation.workload import content_of

MAX_DELAY = 2 * 3600.0  # s from a deadline to the end: the next poll, or the sweep, must come first
MAX_SKEW = 2 * 60.0  # s between two clocks
FROM_MESSAGE = ("register", "poll", "notify")


class RowChecks:
    def __init__(self, record: HistoryRecord) -> None:
        self._record = record
        self._moved_at: dict[str, float] = {}  # when a row last changed without a redrive
        self._fault_count: dict[str, int] = {}  # faults until then
        self._outcomes: defaultdict[End, list[object]] = defaultdict(list)
        self._without_key: set[str] = set()  # revived drops whose key belongs to newer content

    def row_written(self, after: Drop, worker: Worker | None) -> bool:
        """True if the row has another stage or attempt than before."""
        record = self._record
        before = record.rows.get(after.drop_id)
        record.rows[after.drop_id] = after
        if before is not None and _only_mailed(before, after):
            return False
        moved_at = self._moved_at.get(after.drop_id, 0.0)
        if before is None or after.redrives <= before.redrives:
            self._moved_at[after.drop_id] = record.clock.seconds()
        if before is not None and worker is not None:
            self._check_message(before, after, worker)
            if after.redrives > before.redrives:
                self._check_redrive(before)
        if after.redrives == 0:  # also counts faults that hit the message while this worker had it
            self._fault_count[after.drop_id] = worker.fault_count if worker else record.fault_count
        changed = before is None or (before.stage, before.attempt) != (after.stage, after.attempt)
        if changed:
            record.log(f"ledger: {describe(after)} is {after.stage} {after.reason.code if after.reason else ''}")
            self._check_given_up(after, moved_at)
            self._check_change(before, after)
        elif before is not None and before.ended and self._differs(before, after):
            record.fail(f"the end of {describe(after)} has changed")
        self._check_one_live(before, after)
        if after.ended:
            self._outcomes[after.drop_id, after.attempt].append(_outcome(after))
        return changed

    def _differs(self, before: Drop, after: Drop) -> bool:
        """An end that a restored ledger had forgotten, and that came again, gives way to the one that was told."""
        return (
            _outcome(before) != _outcome(after) and _outcome(after) not in self._outcomes[after.drop_id, after.attempt]
        )

    def _check_message(self, before: Drop, after: Drop, worker: Worker) -> None:
        """A message of an older attempt or poll generation changes nothing, but its worker may admit the next drop."""
        message = worker.body
        if worker.name not in FROM_MESSAGE or message.get("drop_id") != before.drop_id:
            return
        if (before.admission, after.admission) == ("queued", "called"):
            return
        if before.attempt != message["attempt"]:
            self._record.fail(f"a message of attempt {message['attempt']} has changed {describe(before)}")
        if worker.name == "poll" and before.generation != message["generation"]:
            self._record.fail(f"a message of generation {message['generation']} has changed {describe(before)}")

    def _check_redrive(self, before: Drop) -> None:
        """The sweep redrives only rows that make no progress, and this needs a fault."""
        record, now = self._record, self._record.clock.seconds()
        due = max(parse_timestamp(time).timestamp() for time in (before.updated_at, before.next_at) if time)
        if now - due < record.ports.settings.stall_after - MAX_SKEW:
            record.fail(f"{describe(before)} is redriven after {now - due:.0f} s")
        if record.fault_count == self._fault_count.get(before.drop_id, 0):
            record.fail(f"{describe(before)}, {before.stage}, makes no progress though there was no fault")

    def _check_validated_files(self, row: Drop) -> None:
        """The row's facts and request come from the file versions that it names."""
        image, sidecar = row.versions.get(row.key), row.versions.get(object_keys.sidecar_key(row.key))
        if row.facts is not None and image is not None and row.facts != facts_of(image.etag, row.key):
            self._record.fail(f"{describe(row)} was validated by other content than it says")
        if row.request is not None and sidecar is not None:
            content = json.loads(content_of(sidecar.etag))
            if not isinstance(content, dict) or row.request["name"] != content["name"]:
                self._record.fail(f"{describe(row)} was validated by another sidecar than it says")

    def _check_change(self, before: Drop | None, after: Drop) -> None:
        fail = self._record.fail
        if self._record.wipes and after.ended and (after.drop_id, after.attempt) in self._record.ended_at:
            self._check_end(before, after)
            return  # an older row, of a backup, has taken its end from the bucket, or has ended anew
        if after.stage == "accepted" or (after.stage == "rejected" and after.facts):
            self._check_validated_files(after)
        if (
            before is not None
            and before.attempt == after.attempt
            and after.stage not in ALLOWED_TRANSITIONS[before.stage]
            and not (before.stage == "waiting" and self._from_claim(after))
        ):
            fail(f"{describe(after)} went from {before.stage} to {after.stage}")
        if before is not None and after.attempt not in (before.attempt, before.attempt + 1):
            may_skip = (before.stage == "waiting" or before.ended) and after.attempt > before.attempt
            restored = self._record.wipes and after.attempt > before.attempt  # the claim is of a later attempt
            if not restored and (not may_skip or (after.drop_id, after.attempt - 1) not in self._record.ends):
                fail(f"{describe(after)} follows attempt {before.attempt}")
        if before is not None and before.ended and not (self._may_begin_again(before) or self._from_claim(after)):
            fail(f"{describe(after)} begins though nothing has changed")
        if after.ended:
            self._check_end(before, after)

    def _from_claim(self, after: Drop) -> bool:
        """The row of a restored ledger gives way to a claim."""
        return self._record.wipes > 0 and after.drop_id in self._record.claimed and after.stage in LIVE

    def _may_begin_again(self, before: Drop) -> bool:
        """A file has changed, or somebody asked for a redrive."""
        versions = {key: file_versions.version_of(self._record.head(key)) for key in before.versions}
        return versions != before.versions or (before.key, before.attempt) in self._record.redriven

    def _check_given_up(self, after: Drop, moved_at: float) -> None:
        if after.reason and after.reason.code == "internal":
            idle = self._record.clock.seconds() - moved_at
            if idle < MAX_REDRIVES * self._record.ports.settings.stall_after - MAX_SKEW:
                self._record.fail(f"{describe(after)} is given up after {idle:.0f} s")

    def _check_end(self, before: Drop | None, after: Drop) -> None:
        record, now = self._record, self._record.clock.seconds()
        end = after.drop_id, after.attempt
        record.ends[end] = after
        if end in record.ended_at:  # restored after its row was lost
            if before is not None and before.attempt == after.attempt and not before.ended:
                record.ended_again_at[end] = now
            return
        record.ended_at[end] = now
        stopped_at = record.faults_stopped_at
        if before is None or stopped_at is None or before.attempt != after.attempt:
            return
        ims_idle = not any(row.open_index_partition == "working" for row in record.rows.values())
        if before.open_index_partition == "queued" and ims_idle and now - stopped_at > MAX_DELAY:
            record.fail(f"{describe(after)} was queued though IMS was idle")
        if before.stage in LIVE or before.missing:
            late = now - max(parse_timestamp(before.deadline_at).timestamp(), stopped_at)
            if late > MAX_DELAY:
                record.fail(f"{describe(after)} ended {late:.0f} s after its deadline")

    def _check_one_live(self, before: Drop | None, after: Drop) -> None:
        """One live drop per key. A drop may be revived from its claim after newer content has taken its key: it lives
        beside that."""
        if after.stage not in LIVE or (before is not None and before.stage in LIVE):
            return
        if before is None and after.drop_id not in self._record.claimed:
            self._record.fail(f"{describe(after)} is {after.stage} in a new row, without a claim")
        if (before is None or self._from_claim(after)) and self._record.ports.ledger.live().get(
            (after.bucket, after.key)
        ) != after.drop_id:
            self._without_key.add(after.drop_id)
            return
        rows = self._record.rows.values()
        live = [row.drop_id for row in rows if row.key == after.key and row.stage in LIVE]
        others = [drop_id[:6] for drop_id in live if drop_id not in self._without_key | {after.drop_id}]
        if others:
            self._record.fail(f"{describe(after)} is live beside {others}")


def _only_mailed(before: Drop, after: Drop) -> bool:
    """True if only a mail about a delay was recorded, which is no progress of the drop."""
    return before == after.model_copy(update={"late": before.late, "revision": before.revision})


def _outcome(row: Drop) -> tuple[object, ...]:
    return row.stage, row.reason, row.images, row.versions, row.ended_at, row.findings
