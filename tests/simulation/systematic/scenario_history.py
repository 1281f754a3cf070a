"""A history of a scenario: nothing is drawn, and exactly the chosen faults occur."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import QueueName
from imagedrop_local import faults as simulator_faults
from imagedrop_local.switches import Switches
from tests.simulation.fault_rates import FaultRates
from tests.simulation.histories import History
from tests.simulation.shrinking import NO_FAULTS
from tests.simulation.systematic.scenario import Scenario
from tests.simulation.systematic.striking import REFUSAL, Strike, Striking
from tests.simulation.workers import Worker
from tests.simulation.workload import Action
from tests.support.world import BUCKET, HANDLERS

QUEUES: dict[str, QueueName] = {name: queue for queue, name in HANDLERS.items()}
USUAL: dict[str, Any] = {
    **NO_FAULTS,
    **Switches().model_dump(),
    "ims_shows_imports": True,
    "ims_tags_early": True,
    "time_scale": 1.0,  # an import takes 2 minutes
    "sweep_every": 300.0,
    "attempt_deadline": 12 * 3600,
    "pairing_deadline": 12 * 3600,
    "poll_longest": 300,
}


Ends = dict[str, tuple[str, str, int]]  # image key -> stage, reason code, active images


class ScenarioHistory(History):
    faults: Striking

    def __init__(self, scenario: Scenario, strikes: Sequence[Strike] = (), *, keeps_state: bool = False) -> None:
        self.scenario, self._strikes = scenario, strikes
        self._keeps_state = keeps_state or not strikes
        super().__init__(0)
        for code in scenario.job_failures:
            fault = simulator_faults.Fault(service="ims", call="ImportJob", times=1, fault="status", code=code)
            self.ims._simulator_faults.add(fault)
        for at, effect in scenario.later:
            self.schedule.plan(at, partial(effect, self))

    def _draw_rates(self) -> FaultRates:
        last = max(action.at for action in self.scenario.actions)
        return super()._draw_rates().changed(USUAL | {"faults_end": last + 1} | dict(self.scenario.rates))

    def _new_faults(self) -> Striking:
        return Striking(self, self._strikes, self.rates, self._reduction, self.clock, self.workers)

    def _draw_actions(self) -> list[Action]:
        return list(self.scenario.actions)

    def _install(self) -> None:
        super()._install()
        settings = self.ports.settings.model_copy(update=dict(self.scenario.settings))
        self.ports = replace(self.ports, settings=settings)

    def state(self) -> Any:
        """All but times and counts that have no effect: calls that find the same state need no second strike."""
        if not self._keeps_state:
            return None
        return tuple(_state(row) for row in self.ports.ledger.rows()), tuple(self.ports.objects.keys(BUCKET))

    def duplicate(self, worker: Worker) -> None:
        if worker.name in QUEUES:
            self.ports.queues._put(QUEUES[worker.name], worker.body, 0)

    def ends(self) -> Ends:
        """What each result file says, and how many active images were made from the key."""
        made, images = self.ims.all_images(), Counter[str]()
        for accepted in self.ims.imports:
            found = (made[image_id] for image_id in accepted.image_ids if image_id in made)
            images[accepted.key] += sum(image["status"] == "active" for image in found)
        return {
            image_key: (*_end(self.ports.objects.body(BUCKET, key)), images[image_key])
            for key in self.ports.objects.keys(BUCKET)
            if (image_key := key.removesuffix(object_keys.RESULT_SUFFIX)) != key
        }

    def wrong_ends(self, expected: Ends) -> list[str]:
        """`expected`: of the run without a strike. Another end is right only if the strike makes it so."""
        found, right = self.ends(), (*self.scenario.also, *(REFUSAL for strike in self._strikes if strike.refuses))
        return [
            f"{key} ends as {found.get(key)}, not as {expected.get(key)}"
            for key in sorted(found.keys() | expected.keys())
            if found.get(key) != expected.get(key) and (key not in found or found[key][1] not in right)
        ]


def _state(row: Drop) -> tuple[Any, ...]:
    stage = row.drop_id, row.attempt, row.stage, row.admission, row.missing, row.blocked_by, row.end_marked
    deliveries = (delivery.state for delivery in row.deliveries.values())
    return *stage, row.held is None, row.sent_at is None, *deliveries


def _end(result: bytes | None) -> tuple[str, str]:
    document = json.loads(result or b"{}")
    return document["stage"], (document["reason"] or {}).get("code", "")
