"""What has happened in a history so far, and the checks that failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from imagedrop.domain import drop as drops
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectHead
from imagedrop_local.memory import MemoryPorts, SettableClock
from tests.support.world import BUCKET

End = tuple[str, int]  # drop id, attempt


def describe(row: Drop) -> str:
    return f"{row.drop_id[:6]} {row.key} attempt {row.attempt}"


@dataclass
class HistoryRecord:
    """`clock` is right, unlike those of functions."""

    ports: MemoryPorts
    clock: SettableClock
    log: Callable[[str], None] = lambda text: None
    broken: list[str] = field(default_factory=list)
    rows: dict[str, Drop] = field(default_factory=dict)  # as last written, since the ledger was last lost
    ends: dict[End, Drop] = field(default_factory=dict)
    ended_at: dict[End, float] = field(default_factory=dict)
    wipes: int = 0
    lost_ends: set[End] = field(default_factory=set)  # the ledger was lost before these were notified
    redriven: set[tuple[str, int]] = field(default_factory=set)  # (key, attempt) of each redrive
    faults_stopped_at: float | None = None
    fault_count: int = 0  # crashes, failed calls, lost messages: each may stop the progress of a drop

    def fail(self, text: str) -> None:
        self.log(f"BROKEN: {text}")
        self.broken.append(text)

    def ledger_wiped(self) -> None:
        self.lost_ends |= {(row.drop_id, row.attempt) for row in self.rows.values() if row.ended and not row.end_marked}
        self.rows.clear()
        self.wipes += 1

    def head(self, key: str) -> ObjectHead | None:
        """The object's head, without a port call, which could fail."""
        found = self.ports.objects._bucket(BUCKET).objects.get(key)
        return found[0] if found else None

    def drop_id(self, head: ObjectHead) -> str:
        return drops.drop_id(BUCKET, head.key, head.etag)
