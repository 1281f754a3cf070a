"""The installation: settings that match the drawn switches, ports in memory, and the limits of template.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from imagedrop.domain.drop import Drop
from imagedrop.domain.resend_bound import RESEND_AFTER
from imagedrop.ports import QueueName
from imagedrop.workflow.import_durations import SHORTEST_WINDOW
from imagedrop_local.memory import (
    MemoryLedger,
    MemoryObjects,
    MemoryPorts,
    MemoryQueues,
    memory_ports,
    memory_settings,
)
from tests.simulation import event_delivery
from tests.simulation.fault_rates import FaultRates
from tests.support.world import BUCKET

if TYPE_CHECKING:
    from tests.simulation.histories import History

# From template.yaml: (batch size, visibility time-out in s, time limit of the function in s).
LIMITS: Mapping[QueueName, tuple[int, float, float]] = {
    "drops": (1, 720, 120),
    "registrations": (1, 360, 60),
    "polls": (1, 720, 120),  # 10 in template.yaml, and
    "notices": (1, 360, 60),  # 5. Here each message has its own worker, so that the checks know which message did what
}
CONCURRENCY: Mapping[QueueName, int] = {"drops": 10, "registrations": 4, "polls": 4, "notices": 5}
RECEIVES: Mapping[QueueName, int] = {"drops": 50, "registrations": 1000, "polls": 1000, "notices": 50}


class FastLedger(MemoryLedger):
    """Keeps rows as objects: JSON would take most of the time of a history. Other tests cover the JSON."""

    def rows(self) -> list[Drop]:
        return list(self._drops.values())

    @property
    def _drops(self) -> dict[str, Drop]:
        return self._rows  # type: ignore[return-value]

    def _get(self, drop_id: str) -> Drop | None:
        return self._drops.get(drop_id)

    def _text(self, saved: Drop) -> Any:
        return saved


def _names_unique(rates: FaultRates) -> str:
    """The setting. `after_import` promises that imports end within the window after an unknown outcome."""
    if not rates.switches["ims_names_unique"]:
        return "no"
    if rates.switches["ims_names_reserved"]:
        return "always"
    return "after_import" if rates.longest_import() + RESEND_AFTER <= SHORTEST_WINDOW else "no"


def ports_of(history: History) -> MemoryPorts:
    """All ports. The history replaces the fake IMS."""
    rates, clock = history.rates, history.clock
    switches = rates.switches
    calls = switches["ims_job_calls"]
    settings = memory_settings(
        ims_shows_imports=switches["ims_shows_imports"],
        ims_names_unique=_names_unique(rates),
        ims_job_call="ShowJob" if calls == "both" else calls,
        ims_chinese_names=switches["ims_chinese_names"],
        event_keys_encoded=switches["obs_event_keys_encoded"],
        installation="main",
        attempt_deadline=rates.attempt_deadline,
        pairing_deadline=rates.pairing_deadline,
        poll_longest=rates.poll_longest,
        ims_tasks=rates.ims_tasks,
        mails_per_hour=rates.mails_per_hour,
        smn_topic_urn=event_delivery.TOPIC,
        webhook_secret=event_delivery.SECRET_ID,
        webhook_header=event_delivery.HEADER,
    )
    return memory_ports(
        settings,
        clock=clock,
        objects=MemoryObjects(clock, BUCKET, page=rates.page_size),
        ledger=FastLedger(),
        queues=MemoryQueues(clock, max_receives=RECEIVES),
        random=history.random("handlers"),
    )
