"""How long imports took, and how long the image of a request without an answer is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imagedrop.common.timestamps import seconds_between
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports

NOTE = "imports"  # of the ledger: {"seen": [[GiB, seconds], ...]}, the latest last
KEPT = 36
GIB = float(1 << 30)
SHORTEST_WINDOW = 7_200.0  # s
SECONDS_A_GIB = 60.0  # used for any size: users report at most ten
MARGIN = 4.0  # times the longest duration seen
FIXED_GIB = 30.0  # an import also takes a fixed time, about that of so many GiB


class Import(NamedTuple):
    """One that succeeded. `gib`: of all its files."""

    gib: float
    seconds: float


def window(gib: float, seen: Sequence[Import], resend_after: float) -> float:
    """Seconds from a request until the import that it may have started has surely ended. IMS may accept the request as
    late as `resend_after`."""
    longest = max((_scaled(earlier, gib) for earlier in seen), default=0.0)
    return max(SHORTEST_WINDOW, resend_after + max(SECONDS_A_GIB * gib, MARGIN * longest))


def _scaled(earlier: Import, gib: float) -> float:
    """Its duration, and more if this import is larger."""
    return earlier.seconds * max(1.0, (gib + FIXED_GIB) / (earlier.gib + FIXED_GIB))


def window_of(ports: Ports, row: Drop) -> float:
    return window((row.size or 0) / GIB, _seen(ports), ports.settings.resend_after)


def record(ports: Ports, row: Drop) -> None:
    """The import has ended now. Of two workers at the same time, one may overwrite what the other adds: harmless."""
    if row.job_id is not None and row.job_started_at is not None and row.size is not None:
        ended = Import(round(row.size / GIB, 3), round(seconds_between(row.job_started_at, ports.clock())))
        ports.ledger.store(NOTE, {"seen": [*_seen(ports), ended][-KEPT:]})


def _seen(ports: Ports) -> list[Import]:
    note = ports.ledger.load(NOTE) or {}
    return [Import(gib, seconds) for gib, seconds in note.get("seen", ())]
