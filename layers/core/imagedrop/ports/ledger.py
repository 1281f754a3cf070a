"""The port to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from imagedrop.domain.drop import Drop


KEPT_OF_KEY = 100  # rows of one key, or images that name one part: a key may get many thousand versions in its life


class Conflict(Exception):
    """Another worker has written the row since it was read: read it again and decide again."""


class KeyTaken(Exception):
    """Another drop is live for this bucket and key."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder  # its drop id


@dataclass(frozen=True, slots=True)
class QueuedDrop:
    """A drop that waits in the queue for IMS: what the index has of its row."""

    drop_id: str
    key: str
    parts: tuple[str, ...]  # keys of its files other than image and sidecar
    tasks: int  # of IMS, that its import will take
    deadline_at: str


class Ledger(Protocol):
    """One row per drop. It is written as a whole, and only if it still has the revision that was read."""

    def get(self, drop_id: str) -> Drop | None:
        """Strongly consistent."""

    def save(self, drop: Drop) -> Drop:
        """Writes and returns the row with its next revision. Revision 0: no row may exist. Raises Conflict."""

    def delete(self, drop: Drop) -> None:
        """Raises Conflict if the row has another revision."""

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        """Saves the row, and in the same transaction makes it the live drop of its bucket and key. Raises Conflict, or
        KeyTaken if another drop holds the key. `over`: the row of that drop, if it is no longer live: this drop takes
        the key over, or KeyTaken is raised again if the row has changed since."""

    def release_key(self, drop: Drop) -> None:
        """Frees the key, if this drop holds it."""

    def open(self, *, queued: bool = True) -> Iterable[Drop]:
        """Every open row, oldest first: not ended, or its owner not yet notified. `queued`: with those that wait in the
        queue for IMS."""

    def tasks_in_progress(self) -> Mapping[str, int]:
        """Drop id -> tasks of IMS, for every row in the index partition `working`. Like `queued`, it may lag a little
        behind the rows."""

    def queued(self, limit: int | None = None) -> Sequence[QueuedDrop]:
        """The drops in the queue for IMS, or the first `limit` of them; longest waiting first."""

    def rows_of_key(self, bucket: str, key: str) -> Iterable[Drop]:
        """The rows of this key, one for each content: every open one, and the newest KEPT_OF_KEY others at least."""

    def record_part(self, bucket: str, part: str, image_key: str) -> None:
        """Records that the sidecar of `image_key` names the file `part` (a data or bitmap file). If very many sidecars
        do, others are forgotten, but KEPT_OF_KEY are kept at least."""

    def images_naming_part(self, bucket: str, part: str) -> Sequence[str]:
        """The image keys whose sidecars name this file."""

    def load(self, name: str) -> dict[str, Any] | None:
        """A note, for example the sweep's cursor. None: there is none."""

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        """Writes a note, which may be deleted from `until` on."""

    def count(self, name: str, most: int, until: datetime) -> bool:
        """Adds one to a counter unless it has reached `most`. True if it was added. Atomic. The counter may be deleted
        from `until` on."""
