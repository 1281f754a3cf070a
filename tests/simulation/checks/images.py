"""At most one image per drop, and never another drop's."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from imagedrop.domain.drop import OBJECT_REPLACED, Drop
from tests.simulation.checks.history_record import Book, shown
from tests.simulation.ims_network import ImsSide, Made
from tests.simulation.workers import Worker

# An attempt that ended so may have left an image that nobody could see then.
UNKNOWN = frozenset({"ims.outcome_unknown", "import.deadline", "internal"})


class OneImage:
    def __init__(self, book: Book, side: ImsSide) -> None:
        self._book, self._side = book, side
        self._placed: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)  # key -> when which ETag came
        self._unseen: set[str] = set()  # drops of which an attempt ended while IMS may have been at work, unseen
        self._doubtful: set[str] = set()  # images that an end has said nobody can vouch for
        self._in_sight: dict[Worker, set[str]] = {}  # the images that a register could have found
        side.accepted = self._accepted

    def placed(self, key: str, etag: str) -> None:
        self._placed[key].append((self._book.clock.seconds(), etag))

    def begins(self, worker: Worker) -> None:
        if worker.name == "register":
            self._in_sight[worker] = self._side.visible_tagged(str(worker.body.get("drop_id")))

    def moved(self, before: Drop | None, after: Drop) -> None:
        reason = after.reason.code if after.reason else ""
        if after.ended and reason in UNKNOWN:
            self._unseen.add(after.drop_id)
        if after.ended and reason == OBJECT_REPLACED:
            self._doubtful |= {image.id for image in after.images}
        if after.stage == "registered":
            self._registered(after)

    # --- one

    def _accepted(self, made: Made) -> None:
        worker = self._side._workers.current
        earlier = [one for one in self._side.made if one.drop_id == made.drop_id and one is not made]
        alive = [one for one in earlier if self._side.lives(one) and not self._doubtful & set(one.image_ids)]
        in_sight = self._in_sight.get(worker, set()) if worker else set()
        for one in alive:
            seen = bool(in_sight & set(one.image_ids[:1])) and not self._book.wipes
            if made.drop_id not in self._unseen or seen:
                which = "could be seen" if seen else "is at work"
                jobs = f"{made.job['id'][:6]} makes a second image beside {one.job['id'][:6]}, which {which}"
                self._book.fail(f"{made.drop_id[:6]}: {jobs}")

    # --- and the right one

    def _registered(self, row: Drop) -> None:
        fail, there = self._book.fail, self._side.shown()
        if not row.images:
            fail(f"{shown(row)} is registered without an image")
        for named in row.images:
            made = next((one for one in self._side.made if named.id in one.image_ids), None)
            image = there.get(named.id)
            if made is None:
                fail(f"{shown(row)} is registered as {named.id}, which IMS never made")
                continue
            if image is None or image["status"] == "deleted":
                continue  # by somebody, since this end, whose row was lost and found again
            if named.id in self._doubtful and not self._book.wipes:
                fail(f"{shown(row)} is registered as {named.id}, which was said to be of no use")
            if image["status"] != "active":
                fail(f"{shown(row)} is registered as {named.id}, which is {image['status']}")
            if made.drop_id != row.drop_id:
                fail(f"{shown(row)} is registered as {named.id}, the image of {made.drop_id[:6]}")
            elif not self._made_of(made, row.etag or ""):
                fail(f"{shown(row)} is registered as {named.id}, made of other content")

    def _made_of(self, made: Made, etag: str) -> bool:
        """It was made of this content; or of other content, for all that can be told from outside: that was replaced
        and has been put back."""
        ended = made.job.get("ended") or made.job["due"]
        until = made.at + (_seconds(ended) - _seconds(made.job["submitted"]))
        placed = self._placed[made.key]
        before = [one for at, one in placed if at <= made.at][-1:]
        during = before + [one for at, one in placed if made.at < at <= until]
        since = [one for at, one in placed if at > until]
        lay = [*during, *since]
        return all(one == etag or etag in lay[number:] for number, one in enumerate(during))


def _seconds(shown: str) -> float:
    return datetime.fromisoformat(shown).timestamp()
