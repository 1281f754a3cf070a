"""Every end is told: by each channel at least once, and twice only where that is the safe choice."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from imagedrop.domain.drop import CHANNELS, Channel, Drop
from tests.simulation.checks.history_record import Book, End
from tests.simulation.workers import Worker


class Telling:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.told: defaultdict[Channel, Counter[End]] = defaultdict(Counter)
        self._by: dict[tuple[Channel, End], Worker] = {}  # who used it last, and has not written that down yet
        self._excused: Counter[tuple[Channel, End]] = Counter()  # a second is the safe choice
        self._spared: set[tuple[Channel, End]] = set()  # where a channel was not to be used

    def tell(self, channel: Channel, body: dict[str, Any], worker: Worker | None) -> None:
        end = (str(body["drop_id"]), int(str(body["attempt"])))
        self.told[channel][end] += 1
        last = self._by.get((channel, end))
        if last is not None and (last.over or self._book.clock.seconds() > last.dies_at):
            self._excused[channel, end] += 1  # the last one could not write it down any more
        if worker is not None:
            self._by[channel, end] = worker
        if "stage" in body:
            self._true(channel, body, end)

    def _true(self, channel: Channel, body: dict[str, Any], end: End) -> None:
        row = self._book.ends.get(end)
        if row is None or row.stage != body["stage"]:
            self._book.fail(f"{channel} says that attempt {end[1]} of {end[0][:6]} is {body['stage']}, which it is not")
        elif [image.id for image in row.images] != [image["id"] for image in body["images"]]:
            self._book.fail(f"{channel} names other images of {end[0][:6]} than it has")

    def written(self, row: Drop) -> None:
        end = row.drop_id, row.attempt
        for channel, told in row.deliveries.items():
            if told.state in ("skipped", "refused"):
                self._spared.add((channel, end))
            if told.state == "done":
                self._by.pop((channel, end), None)

    def finish(self) -> None:
        for end, row in self._book.ends.items():
            for channel in CHANNELS:
                self._enough(channel, end, f"attempt {end[1]} of {end[0][:6]} ({row.stage})")

    def _enough(self, channel: Channel, end: End, what: str) -> None:
        count, excused = self.told[channel][end], self._excused[channel, end]
        forgotten = end in self._book.forgotten
        if not count and not forgotten and (channel, end) not in self._spared:
            self._book.fail(f"no {channel} told of {what}")
        if channel != "result" and count > 1 + excused + (self._book.wipes if forgotten else 0):
            self._book.fail(f"{count} times {channel} told of {what}, with {excused} excuses")
