"""What must hold in every history, whatever goes wrong.

rows            stages, attempts, generations, one live drop per key, every end in time
images          at most one image per drop and disk, made from the right content
bucket_records  no claim is deleted before its end marker is written
notices         every end is notified, and how often
delays          owners are told of drops that are late, and how often
digests         the operator is told of images without a sidecar, and how often
final_state     nothing is left
"""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import Channel, Drop
from imagedrop_local.memory import MemoryPorts, SettableClock
from tests.simulation.checks.bucket_records import BucketRecordChecks
from tests.simulation.checks.delays import DelayChecks
from tests.simulation.checks.digests import DigestChecks
from tests.simulation.checks.final_state import check_final_state
from tests.simulation.checks.history_record import HistoryRecord
from tests.simulation.checks.images import ImageChecks
from tests.simulation.checks.notices import NoticeChecks
from tests.simulation.checks.rows import RowChecks
from tests.simulation.ims_network import ImsNetwork
from tests.simulation.workers import Worker


class Checks:
    def __init__(self, ports: MemoryPorts, clock: SettableClock, ims: ImsNetwork) -> None:
        self.record = HistoryRecord(ports, clock)
        self.images = ImageChecks(self.record, ims)
        self.bucket_records = BucketRecordChecks(self.record)
        self.delays, self.digests = DelayChecks(self.record), DigestChecks(self.record)
        self.rows, self.notices = RowChecks(self.record), NoticeChecks(self.record)

    def row_written(self, after: Drop, worker: Worker | None) -> None:
        self.delays.row_written(self.record.rows.get(after.drop_id), after, worker)
        if self.rows.row_written(after, worker):
            self.images.stage_changed(after)
        self.notices.row_written(after)

    def notified(self, channel: Channel, body: dict[str, Any], worker: Worker | None) -> None:
        self.notices.notified(channel, body, worker)

    def finish(self) -> list[str]:
        """The checks that failed."""
        self.notices.finish()
        check_final_state(self.record)
        return self.record.broken
