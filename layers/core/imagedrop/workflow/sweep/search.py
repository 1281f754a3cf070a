"""Lists the files and enqueues the drops that were lost, a few pages at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop, FileVersion
from imagedrop.ports import ObjectHead, Ports, QueuedDrop
from imagedrop.workflow import digest
from imagedrop.workflow.sweep.ended_drops import EndedDrops
from imagedrop.workflow.sweep.pairing_in_order import Pair, PairingInOrder
from imagedrop.workflow.sweep.place import AFTER_FOLDER, Place
from imagedrop.workflow.sweep.seen_files import SeenFiles

NOTE = "sweep"  # the ledger's note of the place
PAGES_PER_STEP = 10  # after these, what was found is enqueued and the place is stored
MAX_FOUND = 1_000  # then a round ends, and the next one goes on: their own events may still be in the queue
MAX_UNKNOWN = 100  # enqueued in one round, of ended drops with parts of which not all files were listed


@dataclass(frozen=True)
class OpenDrops:
    """Their keys, and those of their parts."""

    keys: Collection[str]
    parts: Collection[str]

    @classmethod
    def of(cls, drops: Iterable[Drop | QueuedDrop]) -> OpenDrops:
        drops = list(drops)
        return cls({drop.key for drop in drops}, {key for drop in drops for key in drop.parts})


class Search:
    """One round's part of the listing. `place` is changed. `oldest`: LastModified from which on a file makes a drop.
    Afterwards: how many files were `listed`, how many drops were `found` and enqueued, and how many pairs of image and
    sidecar are `older`."""

    def __init__(
        self, ports: Ports, place: Place, ended: EndedDrops, open_drops: OpenDrops, seen: SeenFiles, oldest: str
    ) -> None:
        self._ports, self._place, self._ended, self._open, self._seen = ports, place, ended, open_drops, seen
        self._pairing = PairingInOrder(ports.settings, place.pending)
        self._lost: list[str] = []  # image keys of drops that are not enqueued yet
        self._has_note = not place.is_first
        self._oldest = oldest
        # An image without a sidecar is worth a row while there is time for the sidecar to come.
        self._oldest_alone = format_timestamp(ports.clock() - timedelta(seconds=ports.settings.pairing_deadline / 2))
        self.listed = self.found = self.older = 0

    def run(self, time_left: Callable[[], float]) -> bool:
        """Until the listing ends, or time or MAX_FOUND are used up. True if it has ended."""
        from_start = self._place.after is None
        self._seen.begin(self._place.after)
        at_end = self._list(time_left)
        changed, unknown = self._ended.with_parts.changed(all_seen=from_start and at_end)
        self._lost += [*self._some(changed, MAX_FOUND), *self._some(unknown, MAX_UNKNOWN)]
        self._enqueue()
        if at_end:
            self._seen.end()
            if self._place.unpaired is not None:
                digest.finish(self._ports, self._place.unpaired)
        self._store(self._place.next_listing() if at_end else self._place)
        return at_end

    def _list(self, time_left: Callable[[], float]) -> bool:
        pages, bucket, prefix = 0, self._ports.settings.drop_bucket, self._ports.settings.drop_prefix
        while True:
            page = self._ports.objects.list(bucket, prefix, self._start())
            for head in page.objects:
                self._judge(self._take(head))
                if self.found + len(self._lost) >= MAX_FOUND:
                    return False
            if page.after is None:
                self._judge(self._pairing.move_to(None))
                return True
            if time_left() <= 0:
                return False
            pages += 1
            if pages % PAGES_PER_STEP == 0:
                self._enqueue()
                self._store(self._place)

    def _start(self) -> str | None:
        """After which key the next page begins. What is in `.imagedrop/` was listed before."""
        after = self._place.after
        return AFTER_FOLDER if after is not None and after.startswith(object_keys.FOLDER) else after

    def _take(self, head: ObjectHead) -> Iterable[Pair]:
        self._place.after = head.key
        if object_keys.is_ours(head.key):
            return self._pairing.move_to(head.key)
        self.listed += 1
        version = FileVersion(etag=head.etag, last_modified=head.last_modified)
        self._seen.see(head.key, version)
        self._ended.with_parts.see(head.key, version)
        return self._pairing.add(head.key, version)

    def _judge(self, pairs: Iterable[Pair]) -> None:
        self._lost += [pair.image_key for pair in pairs if self._is_lost(pair)]

    def _is_lost(self, pair: Pair) -> bool:
        """True if no open drop has the files, and none has ended with them. Drops with parts are put off."""
        folder = self._ended.folder(pair)
        if pair.image_key in self._open.keys or not self._place.has_markers_of(folder):
            return False
        if self._ended.has_ended(pair, folder) or self._is_part_or_read_sidecar(pair) or self._is_too_old(pair):
            return False
        return not self._ended.with_parts.put_off(pair.image_key, folder)

    def _is_part_or_read_sidecar(self, pair: Pair) -> bool:
        """True for a part of another drop, and for a sidecar that was read before its image was taken away."""
        if pair.image is not None and pair.sidecar is not None:
            return False
        if pair.image is not None:
            return pair.image_key in self._open.parts or self._ended.was_read(pair.image_key, pair.image)
        sidecar_key = object_keys.sidecar_key(pair.image_key)
        return pair.sidecar is not None and self._ended.was_read(sidecar_key, pair.sidecar)

    def _is_too_old(self, pair: Pair) -> bool:
        newest = max(version.last_modified for version in (pair.image, pair.sidecar) if version is not None)
        if newest < self._oldest:
            self.older += pair.image is not None and pair.sidecar is not None
            return True
        if pair.sidecar is None and self._place.unpaired is not None:
            self._place.unpaired.add(pair.image_key, newest)
        return pair.sidecar is None and newest < self._oldest_alone

    def _some(self, image_keys: Sequence[str], most: int) -> Sequence[str]:
        """From a random start: drops that never get a row must not block the others."""
        if len(image_keys) <= most:
            return image_keys
        start = int(self._ports.random.random() * len(image_keys))
        return [*image_keys[start:], *image_keys[:start]][:most]

    def _enqueue(self) -> None:
        if self._lost:
            bucket = self._ports.settings.drop_bucket
            self._ports.queues.send_many("drops", [{"bucket": bucket, "key": key} for key in self._lost])
            self.found += len(self._lost)
            self._lost = []

    def _store(self, place: Place) -> None:
        """Nothing if the whole listing was done in one step: then there is no note."""
        if self._has_note or not place.is_first:
            self._ports.ledger.store(NOTE, place.note(self._ports.clock()))
            self._has_note = not place.is_first
