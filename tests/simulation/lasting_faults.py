"""Histories in which one fault never heals: everything that does not depend on what is broken still ends in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from imagedrop.domain.drop import Channel, Drop
from imagedrop.ports import ImsError, ObjectsRefused
from imagedrop.workflow import admission
from tests.simulation.fault_rates import HOUR
from tests.simulation.faults import Faults
from tests.simulation.histories import History
from tests.simulation.inspection_cache import cached_inspection
from tests.simulation.log_watch import watch_log
from tests.simulation.places import Moment
from tests.simulation.reduction import COMPLETE, Reduction
from tests.simulation.workers import Worker
from tests.simulation.workload import FOLDER
from tests.support.world import BUCKET

FUNCTIONS = ("intake", "validate", "register", "poll", "notify", "sweep")
CHANNELS: Mapping[str, Channel] = {"mail": "mail", "topic": "sns"}
IMS_CALLS = ("CreateImage", "cloudimages", "job")
BROKEN = (
    *CHANNELS,
    *(f"function {name}" for name in FUNCTIONS),
    *(f"IMS {name}" for name in IMS_CALLS),
    *("drop", "keys"),
)
# Dropped after all other faults have stopped. A message for each file of PROBES arrives; the sweep has to find SWEPT.
PROBES = (("y.qcow2", "first", "renamed"), ("z.qcow2", "second", "bad"))
SWEPT = ("x.qcow2", "second", "bad")
CHECK_EVERY = 50  # steps


class LastingFaults(Faults):
    """`broken`: one of BROKEN; nothing before all other faults have stopped."""

    broken = ""

    def at_call(self, worker: Worker, name: str, call: str, when: Moment) -> None:
        super().at_call(worker, name, call, when)
        if not self.stopped or when != "before":
            return
        if self.broken == f"function {worker.name}":
            self._crash(f"{worker.name} is broken")
        if self.broken == name:
            self.count_fault()
            raise RuntimeError(f"{name} is broken")
        if name == "images" and self.broken == f"IMS {call if call in IMS_CALLS else 'job'}":
            self.count_fault()
            raise ImsError("undelivered", "broken", f"{call} is broken")


class LivenessHistory(History):
    """`broken`: one of BROKEN; empty: the seed draws it."""

    faults: LastingFaults

    def __init__(self, seed: int, reduction: Reduction = COMPLETE, broken: str = "", **changes: Any) -> None:
        super().__init__(seed, reduction, **changes)
        random = self.random("never heals")
        self.broken = broken or random.choice(BROKEN)
        keys = sorted({action.key for action in self.actions if action.key.endswith(".qcow2")}) or [FOLDER]
        self.key = random.choice(keys)
        self._break_key()

    def _new_faults(self) -> Faults:
        return LastingFaults(self.rates, self._reduction, self.clock, self.workers)

    def _break_key(self) -> None:
        """The ledger refuses every write of one drop's rows, or OBS denies access to its files."""
        ports = self.ports
        if self.broken == "drop":
            for name in ("save", "accept", "delete"):
                setattr(ports.ledger, name, partial(self._unless_row, getattr(ports.ledger, name)))
        if self.broken == "keys":
            for name in ("head", "get", "read", "put", "delete"):
                setattr(ports.objects, name, partial(self._unless_key, getattr(ports.objects, name)))

    def _unless_row(self, call: Callable[..., Any], row: Drop, *arguments: Any) -> Any:
        if self.faults.stopped and row.key == self.key:
            self.count_fault()
            raise RuntimeError(f"{row.key} is broken")
        return call(row, *arguments)

    def _unless_key(self, call: Callable[..., Any], bucket: str, key: str, *arguments: Any, **more: Any) -> Any:
        if self.faults.stopped and key.startswith(self.key) and self.workers.current is not None:
            self.count_fault()
            raise ObjectsRefused("AccessDenied", f"{key} is broken")
        return call(bucket, key, *arguments, **more)

    # --- running

    def run(self) -> list[str]:
        self.log(f"never heals: {self.broken}, {self.key}")
        rates, keys = self.rates, len({action.key for action in self.actions}) + len(PROBES) + 1
        turns = 2 * max(1.0, keys / rates.ims_tasks)  # drops wait for one another; the next attempt may have begun
        limit = rates.faults_end + rates.pairing_deadline + turns * (rates.attempt_deadline + 3 * HOUR) + 4 * HOUR
        with cached_inspection(self.checks.record.fail), watch_log(self.failed):
            steps = 0
            while self.schedule.now() < limit:
                self._step()
                steps += 1
                if steps % CHECK_EVERY == 0 and self.schedule.now() > rates.faults_end + HOUR and self._all_ended():
                    break
        if missing := self._missing_probes():
            self.checks.record.fail(f"{missing} never got a row; broken: {self.broken}")
        for row in self._not_ended():
            self.checks.record.fail(f"{row.key} is {row.stage}; it does not depend on: {self.broken}, {self.key}")
        return self.checks.record.broken

    def _stop_faults(self) -> None:
        """All but one. How late an end is, compared with its deadline, is not checked any more."""
        super()._stop_faults()
        self.checks.record.faults_stopped_at = None
        self.faults.broken = self.broken
        for name, image, sidecar in (*PROBES, SWEPT):
            for key, content in ((FOLDER + name, image), (FOLDER + name + ".json", sidecar)):
                self._owners.upload(key, content)
                if name != SWEPT[0]:
                    self._push_surely(key)

    def _push_surely(self, key: str) -> None:
        self.ports.queues._put("drops", {"bucket": BUCKET, "key": key}, 1)

    # --- what must have ended

    def _all_ended(self) -> bool:
        return not self._not_ended() and not self._missing_probes()

    def _not_ended(self) -> list[Drop]:
        rows = self.checks.record.rows.values()
        return [row for row in rows if not self._depends(row) and not row.parked and not self._has_ended(row)]

    def _missing_probes(self) -> set[str]:
        keys = {row.key for row in self.checks.record.rows.values()}
        if self.broken == "function validate":
            return set()
        probes = PROBES if self.broken == "function sweep" else (*PROBES, SWEPT)
        return {FOLDER + name for name, *_ in probes} - keys

    def _depends(self, row: Drop) -> bool:
        """On what is broken."""
        match self.broken:
            case "drop":
                return row.key == self.key or self.key in row.versions or self._lacks_task(row)
            case "keys":
                named = self.key in self.ports.ledger.images_naming_part(BUCKET, row.key)  # its sidecar says for what
                return any(key.startswith(self.key) for key in (row.key, *row.versions)) or named
            case "function validate":
                return row.stage == "waiting"
            case "function register":
                return row.stage in ("accepted", "submitting", "waiting")
            case "function sweep":
                return row.key not in [FOLDER + name for name, *_ in PROBES]
        return False

    def _lacks_task(self, row: Drop) -> bool:
        """The row that cannot be written keeps the tasks of IMS that it had. No drop overtakes one that does not fit
        beside them."""
        rows = self.checks.record.rows.values()
        kept = sum(other.tasks for other in rows if other.key == self.key and other.open_index_partition == "working")
        queued = [other for other in rows if other.key != self.key and other.open_index_partition == "queued"]
        first = [other for other in queued if other.updated_at <= row.updated_at]
        return row in queued and not all(admission.fits(kept, other.tasks, self.rates.ims_tasks) for other in first)

    def _has_ended(self, row: Drop) -> bool:
        """And was told, by what is not broken."""
        if self.broken == "function notify":
            return row.ended
        needed = [channel for channel in ("result", "sns", "mail") if channel != CHANNELS.get(self.broken)]
        told = [row.deliveries[channel].state for channel in needed if channel in row.deliveries]
        return row.ended and len(told) == len(needed) and not {"pending", "sending"} & {*told}
