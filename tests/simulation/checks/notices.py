"""Every end is notified on every channel, and a second time only if a worker could not record the first, or could not
read the end marker after an older ledger was restored."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from imagedrop.domain.drop import CHANNELS, Channel, Drop
from tests.simulation.checks.history_record import End, HistoryRecord
from tests.simulation.workers import Worker


class NoticeChecks:
    def __init__(self, record: HistoryRecord) -> None:
        self._record = record
        self._counts: defaultdict[Channel, Counter[End]] = defaultdict(Counter)
        self._sender: dict[tuple[Channel, End], Worker] = {}  # sent last, and has not recorded it yet
        self._excused: Counter[tuple[Channel, End]] = Counter()  # second notices that are correct
        self._not_needed: set[tuple[Channel, End]] = set()  # skipped or refused

    def notified(self, channel: Channel, body: dict[str, Any], worker: Worker | None) -> None:
        end = (str(body["drop_id"]), int(str(body["attempt"])))
        self._counts[channel][end] += 1
        last = self._sender.get((channel, end))
        if last is not None and (last.finished or self._record.clock.seconds() > last.times_out_at):
            self._excused[channel, end] += 1  # the last sender could no longer record it
        elif worker is not None and "objects" in worker.failed_ports and end in self._record.restored_ends:
            self._excused[channel, end] += 1  # it could not ask OBS, and does not wait for it
        if worker is not None:
            self._sender[channel, end] = worker
        if "stage" in body:
            self._check_content(channel, body, end)
            self._check_restored(channel, body, end, worker)

    def _check_content(self, channel: Channel, body: dict[str, Any], end: End) -> None:
        row, name = self._record.ends.get(end), f"attempt {end[1]} of {end[0][:6]}"
        if row is None or row.stage != body["stage"]:
            self._record.fail(f"{channel} says that {name} is {body['stage']}; the ledger does not")
        elif [image.id for image in row.images] != [image["id"] for image in body["images"]]:
            self._record.fail(f"{channel} names other images of {end[0][:6]} than the ledger")

    def _check_restored(self, channel: Channel, body: dict[str, Any], end: End, worker: Worker | None) -> None:
        """A row of a restored ledger may end once more, otherwise than before. Nobody may be told so, unless OBS could
        not be asked."""
        asked = worker is None or "objects" not in worker.failed_ports
        if asked and body["stage"] == "registered" and end in self._record.restored_ends:
            for image in body["images"]:
                if image["id"] in self._record.disowned_images:
                    self._record.fail(f"{channel} says that {end[0][:6]} is registered as {image['id']}: disowned")

    def row_written(self, row: Drop) -> None:
        end = row.drop_id, row.attempt
        for channel, delivery in row.deliveries.items():
            if delivery.state in ("skipped", "refused"):
                self._not_needed.add((channel, end))
            if delivery.state == "done":
                self._sender.pop((channel, end), None)

    def mailed_twice(self) -> bool:
        return any(count > 1 for count in self._counts["mail"].values())

    def finish(self) -> None:
        for end, row in self._record.ends.items():
            for channel in CHANNELS:
                self._check_count(channel, end, f"attempt {end[1]} of {end[0][:6]} ({row.stage})")

    def _check_count(self, channel: Channel, end: End, name: str) -> None:
        count, excused = self._counts[channel][end], self._excused[channel, end]
        lost = end in self._record.lost_ends
        if not count and (channel, end) not in self._not_needed and not self._record.may_stay_untold(end):
            self._record.fail(f"no {channel} was sent for {name}")
        if channel != "result" and count > 1 + excused + (self._record.wipes if lost else 0):
            self._record.fail(f"{channel} was sent {count} times for {name}; {excused} are excused")
