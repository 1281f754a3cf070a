"""The owner of an open drop is told that it is late: in time, and a second time for the same reason and attempt only if
the worker could not record the first."""

from __future__ import annotations

from collections import Counter

from imagedrop.common.timestamps import seconds_between
from imagedrop.domain import lateness
from imagedrop.domain.drop import Drop, LateReason
from imagedrop.domain.lateness import Late
from imagedrop.workflow.late_notice import PART_OF_DEADLINE
from tests.simulation.checks.history_record import HistoryRecord, describe
from tests.simulation.workers import Worker

Delay = tuple[str, int, LateReason]  # drop id, attempt
TOLD_WITHIN = 2 * 3600.0  # s after it became late: sweeps may be an hour apart, and mails are repeated after an hour


class DelayChecks:
    def __init__(self, record: HistoryRecord) -> None:
        self._record = record
        self._counts: Counter[Delay] = Counter()
        self._excused: Counter[Delay] = Counter()
        self._about: dict[Worker, Delay] = {}  # the mail that a worker sends now
        self._sender: dict[Delay, Worker] = {}  # sent last, and has not recorded it yet
        self._waits: dict[tuple[str, int], dict[Late, float]] = {}  # of each attempt, and since when its row says so

    def told(self, worker: Worker) -> None:
        delay = self._about.get(worker)
        if delay is None:
            self._record.fail(f"{worker.label} mails about a delay that no row records")
            return
        last = self._sender.get(delay)
        if last is not None and (last.finished or self._record.clock.seconds() > last.times_out_at):
            self._excused[delay] += 1
        self._sender[delay] = worker
        self._counts[delay] += 1
        if self._counts[delay] > 1 + self._excused[delay] + self._record.wipes:
            self._record.fail(f"the owner of {delay[0][:6]} is told {self._counts[delay]} times that it is {delay[2]}")

    def row_written(self, before: Drop | None, after: Drop, worker: Worker | None) -> None:
        for reason, delivery in (after.late or {}).items():
            delay = after.drop_id, after.attempt, reason
            if delivery.state != "sending":
                self._sender.pop(delay, None)
            elif worker is not None and (before is None or before.late != after.late):
                self._about[worker] = delay
        if before is not None and before.attempt == after.attempt and after.ended and not before.ended:
            self._check_told(before)
        attempt, now = (after.drop_id, after.attempt), self._record.clock.seconds()
        known = self._waits.get(attempt, {})
        self._waits[attempt] = {late: known.get(late, now) for late, _ in lateness.waits(after, self._importing_long)}

    @property
    def _importing_long(self) -> float:
        return self._record.ports.settings.attempt_deadline * PART_OF_DEADLINE

    def _check_told(self, row: Drop) -> None:
        """A row that says so only since a claim was read can be told only since then."""
        record, stopped_at = self._record, self._record.faults_stopped_at
        if stopped_at is None:
            return
        now, known = record.clock.seconds(), self._waits.get((row.drop_id, row.attempt), {})
        for late, after in lateness.waits(row, self._importing_long):
            overdue = min(
                now - stopped_at,
                now - known.get(late, stopped_at),
                seconds_between(late.since, record.clock()) - after,
            )
            if overdue >= TOLD_WITHIN and lateness.delivery(row, late.reason).state not in lateness.TOLD:
                record.fail(f"{describe(row)} is {late.reason} since {late.since}, and its owner was not told")
