"""The operator gets one mail a day at most about images without a sidecar, and none names an image twice, unless the
ledger was lost meanwhile."""

from __future__ import annotations

import re

from imagedrop.workflow.digest import EVERY
from tests.simulation.checks.history_record import HistoryRecord

MAX_SKEW = 2 * 60.0  # s between two clocks
IMAGE = re.compile(r"^- `([^`]+)`$", re.MULTILINE)


class DigestChecks:
    def __init__(self, record: HistoryRecord) -> None:
        self._record = record
        self._last: tuple[float, int] | None = (
            None  # time of the last one, and how often the ledger was lost until then
        )
        self._named: dict[tuple[str, str], int] = {}  # key and time of its upload -> losses of the ledger until then

    def told(self, text: str) -> None:
        record, now = self._record, self._record.clock.seconds()
        if self._last is not None and self._last[1] == record.wipes and now - self._last[0] < EVERY - MAX_SKEW:
            record.fail(f"a second mail about images without a sidecar, after {now - self._last[0]:.0f} s")
        self._last = now, record.wipes
        keys = IMAGE.findall(text)
        if not keys:
            record.fail("a mail about images without a sidecar names none")
        for key in keys:
            head = record.head(key)
            version = key, head.last_modified if head else ""
            if self._named.get(version) == record.wipes:
                record.fail(f"{key} is named a second time as an image without a sidecar")
            self._named[version] = record.wipes
