"""The installation: settings that fit the climate, ports in memory, and the limits that template.yaml sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from imagedrop.domain.drop import Drop
from imagedrop.ports import QueueName
from imagedrop_local.memory import (
    MemoryLedger,
    MemoryObjects,
    MemoryPorts,
    MemoryQueues,
    memory_ports,
    memory_settings,
)
from tests.simulation import event_delivery
from tests.support.world import BUCKET

if TYPE_CHECKING:
    from tests.simulation.histories import History

# As template.yaml has them: (batch, visibility time-out, time limit of the function), s.
LIMITS: Mapping[QueueName, tuple[int, float, float]] = {
    "drops": (1, 720, 120),
    "registrations": (1, 360, 60),
    "polls": (1, 720, 120),  # ten in template.yaml, and
    "notices": (1, 360, 60),  # five: here each message has a worker, so that it can be told whose act something is
}
CONCURRENCY: Mapping[QueueName, int] = {"drops": 10, "registrations": 4, "polls": 4, "notices": 5}
RECEIVES: Mapping[QueueName, int] = {"drops": 50, "registrations": 1000, "polls": 1000, "notices": 50}


class QuickLedger(MemoryLedger):
    """Rows as they are, not as JSON, which costs more than all else; that they could be is tested elsewhere."""

    def rows(self) -> list[Drop]:
        return list(self._kept.values())

    @property
    def _kept(self) -> dict[str, Drop]:
        return self._rows  # type: ignore[return-value]

    def _get(self, drop_id: str) -> Drop | None:
        return self._kept.get(drop_id)

    def _text(self, saved: Drop) -> Any:
        return saved


def ports_of(history: History) -> MemoryPorts:
    """All but IMS, which is no fake."""
    climate, clock = history.climate, history.clock
    switches = climate.switches
    calls = switches["ims_job_calls"]
    settings = memory_settings(
        ims_shows_imports=switches["ims_shows_imports"],
        ims_job_call="ShowJob" if calls == "both" else calls,
        ims_chinese_names=switches["ims_chinese_names"],
        event_keys_encoded=switches["obs_event_keys_encoded"],
        attempt_deadline=climate.attempt_deadline,
        pairing_deadline=climate.pairing_deadline,
        poll_longest=climate.poll_longest,
        smn_topic_urn=event_delivery.TOPIC,
        webhook_secret=event_delivery.SECRET_ID,
        webhook_header=event_delivery.HEADER,
    )
    return memory_ports(
        settings,
        clock=clock,
        objects=MemoryObjects(clock, BUCKET, page=climate.page),
        ledger=QuickLedger(),
        queues=MemoryQueues(clock, max_receives=RECEIVES),
        random=history.chance("handlers"),
    )
