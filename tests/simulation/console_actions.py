"""What people do in the consoles of OBS and IMS, past imagedrop."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from imagedrop_local.memory.objects import _encoded
from tests.simulation.fault_rates import FaultRates
from tests.simulation.workload import Action
from tests.support.world import BUCKET

if TYPE_CHECKING:
    from tests.simulation.histories import History


def draw_console_actions(random: Random, rates: FaultRates, files: Sequence[str]) -> Iterator[Action]:
    """`files`: keys of images and sidecars."""
    end = rates.faults_end
    for _ in range(random.choice((0, 0, 0, 0, 1, 3))):
        yield Action(random.random() * end, random.choice(("remove one", "edit tags")), random.choice(files))
    for _ in range(random.choice((1, 2, 6)) if rates.versioned else 0):
        yield Action(random.random() * end, "undo", random.choice(files))


class ConsoleActions:
    def __init__(self, history: History) -> None:
        self._history, self._ports, self._ims = history, history.ports, history.ims
        self._versions: defaultdict[str, list[Any]] = defaultdict(list)  # key -> (head, body), or None if deleted

    def _remove_one(self, action: Action, random: Random) -> None:
        """Deletes an image made of this key, or a data image beside it."""
        if ids := self._image_ids(action.key):
            self._ims.delete_image(random.choice(ids))

    def _edit_tags(self, action: Action, random: Random) -> None:
        if ids := self._image_ids(action.key):
            self._ims.edit_tags(random.choice(ids), random)

    def _image_ids(self, key: str) -> list[str]:
        return [image_id for made in self._ims.imports if made.key in key for image_id in made.image_ids]

    def _undo(self, action: Action, random: Random) -> None:
        """Removes the newest version in a bucket with versions: the one before is there again, with its old date. OBS
        sends no event."""
        key, versions = action.key, self._versions[action.key]
        if len(versions) < 2:
            return
        versions.pop()
        held, record = self._ports.objects._bucket(BUCKET), self._history.checks.record
        if versions[-1] is None:
            self._ports.objects.delete(BUCKET, key)
        else:
            if key not in held.objects:
                insort(held.order, _encoded(key))
            held.objects[key] = versions[-1]
        self._history.log(f"an older version is back: {key}")
        record.uploaded(key, versions[-1][0].etag if versions[-1] else "")
        record.undone.add(key)
