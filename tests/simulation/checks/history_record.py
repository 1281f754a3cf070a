"""What has been seen of a history so far, and what did not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from imagedrop.domain import drop as drops
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectHead
from imagedrop_local.memory import MemoryPorts, SettableClock
from tests.support.world import BUCKET

End = tuple[str, int]  # drop id, attempt


def shown(row: Drop) -> str:
    return f"{row.drop_id[:6]} {row.key} attempt {row.attempt}"


@dataclass
class Book:
    """`clock` shows the world's time, no function's."""

    ports: MemoryPorts
    clock: SettableClock
    say: Callable[[str], None] = lambda text: None
    broken: list[str] = field(default_factory=list)
    rows: dict[str, Drop] = field(default_factory=dict)  # as last written, since the ledger was last wiped
    ends: dict[End, Drop] = field(default_factory=dict)
    ended_at: dict[End, float] = field(default_factory=dict)
    wipes: int = 0
    forgotten: set[End] = field(default_factory=set)  # a wipe took them before they were told
    redriven: set[tuple[str, int]] = field(default_factory=set)  # (key, attempt) that somebody has set going again
    calm_since: float | None = None
    mishaps: int = 0  # crashes, failed calls, lost messages: what may leave a drop standing still

    def fail(self, text: str) -> None:
        self.say(f"BROKEN: {text}")
        self.broken.append(text)

    def wiped(self) -> None:
        self.forgotten |= {(row.drop_id, row.attempt) for row in self.rows.values() if row.ended and not row.end_marked}
        self.rows.clear()
        self.wipes += 1

    def lying(self, key: str) -> ObjectHead | None:
        """What lies at a key, without a call that could fail."""
        found = self.ports.objects._bucket(BUCKET).objects.get(key)
        return found[0] if found else None

    def drop_id(self, head: ObjectHead) -> str:
        return drops.drop_id(BUCKET, head.key, head.etag)
