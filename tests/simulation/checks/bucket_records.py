"""No claim is deleted while the bucket needs it: without claim and end marker, a lost ledger loses the drop."""

from __future__ import annotations

import json
from typing import Any

from imagedrop.domain import object_keys
from imagedrop.workflow.bucket_records import end_markers
from tests.simulation.checks.history_record import HistoryRecord
from tests.simulation.workers import Worker
from tests.support.world import BUCKET


class BucketRecordChecks:
    def __init__(self, record: HistoryRecord) -> None:
        self._record = record
        self._begun: dict[tuple[str, int], float] = {}  # s: when the first claim of an attempt was written

    def written(self, key: str, body: bytes) -> None:
        if object_keys.is_claim(key):
            claim = json.loads(body)
            self._record.claimed.add(str(claim["drop_id"]))
            self._begun.setdefault((claim["drop_id"], claim["attempt"]), self._record.clock.seconds())

    def deleted(self, key: str, body: bytes, worker: Worker | None) -> None:
        """Only after the end marker of its attempt was written, or if its drop is parked: IMS has nothing then. A slow
        worker of an older attempt may delete the claim of a newer one: OBS has no conditional DELETE."""
        if not object_keys.is_claim(key):
            return
        claim = json.loads(body)
        if self._is_late(claim, worker):
            self._record.log(f"a slow worker deletes the claim of {claim['drop_id'][:6]}, attempt {claim['attempt']}")
            return
        row = self._record.rows.get(claim["drop_id"])
        if (row is None or row.open) and self._last_end(claim["drop_id"]) < claim["attempt"]:
            self._record.fail(f"the claim of {claim['drop_id'][:6]} is deleted before its end marker is written")

    def _is_late(self, claim: dict[str, Any], worker: Worker | None) -> bool:
        """`worker`: None if its request takes effect after it has ended."""
        is_of_later_attempt = 0 < self._last_end(claim["drop_id"]) < int(claim["attempt"])
        if worker is None:
            return is_of_later_attempt
        if worker.name == "sweep":  # it has no message; it may have read the claim of the earlier attempt
            return is_of_later_attempt and worker.began_at < self._begun[claim["drop_id"], claim["attempt"]]
        return bool(worker.body.get("attempt", claim["attempt"]) < claim["attempt"])

    def _last_end(self, drop_id: str) -> int:
        keys = self._record.ports.objects.keys(BUCKET)
        folder = f"{object_keys.END_MARKERS}{drop_id}/"
        markers = [end_markers.parse_end_marker(key) for key in keys if key.startswith(folder)]
        return max((marker[1] for marker in markers if marker), default=0)
