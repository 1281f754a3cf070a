"""One history: a seed draws fault rates and owners' actions, and virtual time passes until nothing is left to do."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.time_limits import STANDARD
from imagedrop.ports import QueueName, unlimited_time
from imagedrop.workflow.bucket_records.installation import take_bucket
from tests.simulation import bucket_in_use, lagging, observers, oracle, oracle_view, unheard_effects
from tests.simulation.checks import Checks
from tests.simulation.console_actions import draw_console_actions
from tests.simulation.fault_rates import HOUR, FaultRates
from tests.simulation.faults import Faults, FunctionClock
from tests.simulation.functions import Functions
from tests.simulation.ims_network import ImsNetwork
from tests.simulation.inspection_cache import cached_inspection
from tests.simulation.log_watch import CODE_ERRORS, watch_log
from tests.simulation.owner_actions import Owners
from tests.simulation.reduction import COMPLETE, Reduction
from tests.simulation.schedule import Schedule
from tests.simulation.simulated_stack import ports_of
from tests.simulation.situations import Situations
from tests.simulation.workers import Worker, Workers
from tests.simulation.workload import DATA, Action, draw_actions
from tests.support.world import BUCKET

MAX_DELIVERIES = 60_000


class History:
    """`changes`: values that replace the drawn fault rates. `reduction`: what is left out."""

    def __init__(self, seed: int, reduction: Reduction = COMPLETE, **changes: Any) -> None:
        self.seed, self._reduction = seed, reduction
        self.order = self.random("order")
        self.rates = self._draw_rates().changed(changes)
        self.lines: list[tuple[float, str]] = []  # time, text
        self.sent: list[tuple[QueueName, dict[str, Any]]] = []  # all messages
        self.schedule = Schedule()
        self.clock = self.schedule.clock
        self.workers = Workers(self.schedule.run_later, self.clock.seconds)
        self.faults = self._new_faults()
        self._skews: dict[Worker, float] = {}
        self._install()
        self.checks = Checks(self.ports, self.clock, self.ims)
        self.functions = Functions(self)
        self._owners = Owners(self)
        self._connect()
        self._plan_actions()

    # --- what `tests.simulation.systematic` decides otherwise

    def _draw_rates(self) -> FaultRates:
        return FaultRates.draw(self.random("climate"))

    def _new_faults(self) -> Faults:
        return Faults(self.rates, self._reduction, self.clock, self.workers)

    def _draw_actions(self) -> list[Action]:
        drawn = draw_actions(self.random("workload"), self.rates)
        if self.rates.in_use:
            drawn += bucket_in_use.draw_actions(self.random("old files"), self.rates)
        files = sorted({action.key for action in drawn if action.what == "put"}) or [DATA]
        return [*drawn, *draw_console_actions(self.random("console"), self.rates, files)]

    # --- before the start

    def _install(self) -> None:
        memory = ports_of(self)
        self.ims = ImsNetwork(memory.objects, self.clock, self.rates, self.workers, self.faults)
        clock: Any = FunctionClock(self.clock, self.workers, self._clock_skew)
        sleep: Any = self._sleep
        calls = Calls(sleep, self.random("adapter"), self._time_left, STANDARD.record, self.clock.seconds)
        images: Any = self.ims.port(memory.settings, calls, clock)
        if self.rates.in_use:
            bucket_in_use.fill(memory, self.random("bucket in use"))
        take_bucket(memory.objects, BUCKET, memory.settings.installation, self.clock())
        self.ports = replace(memory, clock=clock, images=images, sleep=sleep, time_left=self._time_left)

    def _clock_skew(self, worker: Worker) -> float:
        """Each worker is a machine of its own, and its clock is wrong in its own way."""
        if worker not in self._skews:
            skew = self.rates.clock_skew
            self._skews[worker] = self.random(f"skew {worker.label}").uniform(-skew, skew) if skew else 0.0
        return self._skews[worker]

    def _connect(self) -> None:
        self.faults.log = self.ims.log = self.checks.record.log = self.log
        self.faults.count_fault = self.workers.count_fault = self.count_fault
        self.faults.sweep = self.functions.sweep_now
        self.ims.run_later = self.schedule.run_later
        self.faults.install(self.ports)
        observers.install(self)
        lagging.install(self)
        unheard_effects.install(self)
        self.situations = Situations(self)

    def _plan_actions(self) -> None:
        self.actions = self._draw_actions()
        for number, action in enumerate(self.actions):
            if number not in self._reduction.actions:
                self.schedule.plan(action.at, lambda action=action, number=number: self._perform(action, number))  # type: ignore[misc]
        self.schedule.plan(self.rates.faults_end, self._stop_faults)

    def random(self, name: str) -> Random:
        """A generator for each name: leaving one thing out does not change the numbers of another."""
        return Random(f"{self.seed}/{name}")

    # --- running and printing

    def run(self) -> list[str]:
        """Runs the history. Returns the checks that failed."""
        self.log(str(self.rates))
        limit = self.rates.faults_end + 3 * self.rates.attempt_deadline + 3 * self.rates.pairing_deadline + 4 * HOUR
        keys = len({action.key for action in self.actions})
        limit += keys * self.rates.attempt_deadline / self.rates.ims_tasks  # drops wait in the queue for one another
        record, deliveries = self.checks.record, 0
        with cached_inspection(record.fail), watch_log(self.failed):
            while not self._is_finished():
                self._step()
                deliveries = self.functions.deliveries
                if self.schedule.now() > limit or deliveries > MAX_DELIVERIES:
                    record.fail(f"the history does not end: {self._open_rows()}, {deliveries} deliveries")
                    return record.broken
        self.situations.finish()
        self._check_ims_calls()
        if self.rates.in_use:
            bucket_in_use.check_untouched(record)
        for fault in oracle.judge(oracle_view.seen_from_outside(self)):
            record.fail(f"second oracle: {fault}")
        return self.checks.finish()

    def text(self) -> str:
        return "\n".join(f"{at:10.2f}  {text}" for at, text in self.lines)

    def log(self, text: str) -> None:
        worker = self.workers.current
        self.lines.append((self.schedule.now(), f"    {worker.label}: {text}" if worker else text))

    def count_fault(self) -> None:
        self.checks.record.fault_count += 1

    def failed(self, error: BaseException) -> None:
        self.log(f"fails: {error!r}")
        if isinstance(error, CODE_ERRORS):
            self.checks.record.fail(f"a handler fails because of its own code: {error!r}")

    def _open_rows(self) -> list[str]:
        rows = self.checks.record.rows.values()
        return [f"{row.drop_id[:6]} {row.key} {row.stage}" for row in rows if row.open]

    def _is_finished(self) -> bool:
        idle = not self.schedule and self.functions.idle_sweeps >= 2 and self.ports.queues.next_at() is None
        return idle and not self._open_rows()

    def _check_ims_calls(self) -> None:
        record, hours = self.checks.record, self.schedule.now() / HOUR
        attempts = len(record.ends) + record.wipes + 1
        if self.ims.calls > attempts * (100 + 60 * hours):
            record.fail(f"{self.ims.calls} IMS calls for {attempts} attempts in {hours:.1f} h")

    # --- the next event

    def _step(self) -> None:
        planned, sweep = self.schedule.next_at(), self.functions.sweep_at
        at = min(planned, self.functions.next_message_at(), sweep)
        self.schedule.wait_until(at)
        if at == planned:
            self.schedule.run_next()
        elif at == sweep:
            self.functions.sweep()
        else:
            self.functions.deliver()

    def _sleep(self, seconds: float) -> None:
        if self.workers.current is not None:
            self.workers.pause(seconds)

    def _time_left(self) -> float:
        """Of the function that runs."""
        worker = self.workers.current
        return worker.times_out_at - self.clock.at if worker else unlimited_time()

    def _stop_faults(self) -> None:
        self.log("no faults from here on")
        self.faults.stopped, self.checks.record.faults_stopped_at = True, self.clock.at
        self.ims.stop_faults()

    def _perform(self, action: Action, number: int) -> None:
        self.log(f"{action.what} {action.key} {action.content}")
        self.functions.idle_sweeps = 0
        self.functions.sweep_within(self.rates.sweep_every)
        self._owners.perform(action, self.random(f"act {number}"))
