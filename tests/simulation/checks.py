"""What must hold of every history, whatever goes wrong in it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable

from imagedrop import drop as drops
from imagedrop import names, records
from imagedrop.drop import CHANNELS, LIVE, NEXT, REPLACED, Drop
from imagedrop.sweep import GIVE_UP_AFTER
from imagedrop_local.memory import MemoryPorts
from simulation.cloud import Made, SimImages
from support.world import BUCKET

# An attempt that ended so may have left an image that the next one cannot see, or may not trust.
EXCUSES = frozenset({"ims.outcome_unknown", "import.deadline", "internal", "object.replaced"})
End = tuple[str, int]  # drop id, attempt


def lying(ports: MemoryPorts, key: str) -> str:
    """The ETag of what lies at a key, without a call that could fail; empty: nothing."""
    found = ports.objects._bucket(BUCKET).objects.get(key)
    return found[0].etag if found else ""


class Checks:
    """`broken`: what did not hold, in words."""

    def __init__(self, ports: MemoryPorts, images: SimImages) -> None:
        self._ports, self._images = ports, images
        self.broken: list[str] = []
        self.rows: dict[str, Drop] = {}  # as last written, since the ledger was last wiped
        self.wipes = 0
        self.redriven: set[tuple[str, int]] = set()  # (key, attempt) that somebody has set going again
        self._moved_at: dict[str, float] = {}  # when a row last moved by itself
        self.ends: dict[End, Drop] = {}
        self.forgotten: set[End] = set()  # a wipe took them before they were told
        self.excused: set[str] = set()
        self.doubtful: set[str] = set()  # images that an end has said nobody can vouch for
        self.told: defaultdict[str, Counter[End]] = defaultdict(Counter)  # by channel
        self.spared: defaultdict[str, set[End]] = defaultdict(set)  # where a channel was not to be used
        self.say: Callable[[str], None] = lambda text: None
        images.accepted = self.accepted
        images.content = lambda key: lying(ports, key)

    def fail(self, text: str) -> None:
        self.say(f"BROKEN: {text}")
        self.broken.append(text)

    # --- the ledger

    def wiped(self) -> None:
        self.forgotten |= {(row.drop_id, row.attempt) for row in self.rows.values() if row.ended and not row.sealed}
        self.rows.clear()
        self.wipes += 1

    def written(self, after: Drop) -> None:
        before = self.rows.get(after.drop_id)
        self.rows[after.drop_id] = after
        moved_at = self._moved_at.get(after.drop_id, 0.0)
        if before is None or after.redrives <= before.redrives:
            self._moved_at[after.drop_id] = self._ports.clock.seconds()
        for channel, told in after.told.items():
            if told.state in ("skipped", "refused"):
                self.spared[channel].add((after.drop_id, after.attempt))
        shown = f"{after.drop_id[:6]} {after.key} attempt {after.attempt}"
        if before is None or (before.stage, before.attempt) != (after.stage, after.attempt):
            self.say(f"ledger: {shown} is {after.stage} {after.reason.code if after.reason else ''}")
            self._given_up(after, shown, moved_at)
            self._moved(before, after, shown)
        elif before.ended and self._said(before) != self._said(after):
            self.fail(f"the end of {shown} has changed")
        self._one_live(after)

    def _moved(self, before: Drop | None, after: Drop, shown: str) -> None:
        if before is not None and before.attempt == after.attempt and after.stage not in NEXT[before.stage]:
            self.fail(f"{shown}: {before.stage} was left for {after.stage}")
        if before is not None and after.attempt not in (before.attempt, before.attempt + 1):
            self.fail(f"{shown} follows attempt {before.attempt}")
        if before is not None and before.ended and not self._was_dropped_again(before):
            self.fail(f"{shown} begins though nothing has changed")
        if after.ended:
            self._ended(after, shown)

    def _was_dropped_again(self, before: Drop) -> bool:
        there = self._ports.objects._bucket(BUCKET).objects
        now = {key: records.version(there[key][0]) if key in there else None for key in before.versions}
        return now != before.versions or (before.key, before.attempt) in self.redriven

    def _given_up(self, after: Drop, shown: str, moved_at: float) -> None:
        if after.reason and after.reason.code == "internal":
            still = self._ports.clock.seconds() - moved_at
            if still < GIVE_UP_AFTER * self._ports.settings.stall_after:
                self.fail(f"{shown} is given up after {still:.0f} s")

    def _ended(self, row: Drop, shown: str) -> None:
        self.ends[row.drop_id, row.attempt] = row
        if row.reason and row.reason.code in EXCUSES:
            self.excused.add(row.drop_id)
        if row.reason and row.reason.code == REPLACED:
            self.doubtful |= {image.id for image in row.images}
        if row.stage == "registered":
            self._registered(row, shown)

    def _said(self, row: Drop) -> tuple[object, ...]:
        return row.stage, row.reason, row.images, row.versions, row.ended_at, row.findings

    def _one_live(self, row: Drop) -> None:
        if row.stage in LIVE and not self.wipes:
            live = [one.drop_id[:6] for one in self.rows.values() if one.key == row.key and one.stage in LIVE]
            if len(live) > 1:
                self.fail(f"{row.key} has two live drops: {live}")

    # --- images

    def accepted(self, made: Made) -> None:
        earlier = [one for one in self._images.made if one.drop_id == made.drop_id and one is not made]
        if made.drop_id not in self.excused and any(not self._images.gone(one) for one in earlier):
            self.fail(f"{made.work.job_id} makes a second image of {made.drop_id[:6]}")

    def _registered(self, row: Drop, shown: str) -> None:
        there = {image.id: image for image in self._images.images()}
        if not row.images:
            self.fail(f"{shown} is registered without an image")
        for named in row.images:
            if named.id in self._images._deleted:
                continue  # since this end, whose row was lost and found again
            image = there.get(named.id)
            if named.id in self.doubtful and not self.wipes:
                self.fail(f"{shown} is registered as {named.id}, which was said to be of no use")
            if image is None or image.status != "active":
                self.fail(f"{shown} is registered as {named.id}, which is {image.status if image else 'not there'}")
                continue
            made = next(one for one in self._images.made if named.id in {other.id for other in one.work.images})
            if made.drop_id != row.drop_id:
                self.fail(f"{shown} is registered as {named.id}, the image of {made.drop_id[:6]}")
            elif not made.of(row.etag or ""):
                self.fail(f"{shown} is registered as {named.id}, made of {made.contents}")

    # --- telling

    def tell(self, channel: str, body: dict[str, object]) -> None:
        end = (str(body["drop_id"]), int(str(body["attempt"])))
        self.told[channel][end] += 1
        if "stage" in body and (end not in self.ends or self.ends[end].stage != body["stage"]):
            self.fail(f"{channel} says that attempt {end[1]} of {end[0][:6]} is {body['stage']}, which it is not")

    # --- the end of the history

    def finish(self, suffered: Counter[End]) -> None:
        for end, row in self.ends.items():
            self._told_enough(end, row.stage, suffered[end] + self.wipes)
        self._all_over()

    def _told_enough(self, end: End, stage: str, excuses: int) -> None:
        """`excuses`: what came between the acceptance of a message and its record."""
        shown = f"attempt {end[1]} of {end[0][:6]} ({stage})"
        for channel in CHANNELS:
            count = self.told[channel][end]
            if not count and end not in self.spared[channel] | self.forgotten:
                self.fail(f"no {channel} told of {shown}")
            if count > 1 + excuses and channel != "result":
                self.fail(f"{count} times {channel} told of {shown}, with {excuses} excuses")

    def _all_over(self) -> None:
        objects = self._ports.objects
        for key in objects.keys(BUCKET):
            if names.is_ours(key) or key.endswith(names.SIDECAR_SUFFIX):
                continue
            head = objects.head(BUCKET, key)
            assert head is not None
            drop_id = drops.drop_id(BUCKET, key, head.etag)
            row = self._ports.ledger.get(drop_id)
            sealed = any(one.startswith(f"{names.SEALS}{drop_id}/") for one in objects.keys(BUCKET))
            part = self._ports.ledger.part_of(BUCKET, key) or self._read_by_another(key, head.etag)
            if not sealed and not (part and objects.head(BUCKET, names.sidecar_key(key)) is None):
                self.fail(f"{key} lies in the bucket and its drop {drop_id[:6]} is {row.stage if row else 'unknown'}")
            if sealed:
                self._result(key, drop_id)
        left = [
            name for name in objects.keys(BUCKET) if name.startswith(names.FOLDER) and not name.startswith(names.SEALS)
        ]
        if left:
            self.fail(f"claims are left: {left}")

    def _read_by_another(self, key: str, etag: str) -> bool:
        head = self._ports.objects.head(BUCKET, key)
        digest = records.digest(key, records.version(head))
        return any(digest in one for one in self._ports.objects.keys(BUCKET) if one.startswith(names.SEALS))

    def _result(self, key: str, drop_id: str) -> None:
        body = self._ports.objects.body(BUCKET, names.result_key(key))
        told = json.loads(body) if body else {}
        if told.get("drop_id") != drop_id:
            self.fail(f"the result file of {key} tells of {str(told.get('drop_id'))[:6]}, not of {drop_id[:6]}")
