"""The port to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from imagedrop.domain.drop import Drop


class Conflict(Exception):
    """The row was written by somebody else since it was read: read it again and decide anew."""


class KeyTaken(Exception):
    """Another drop is live for this bucket and key."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder  # its drop id


@dataclass(frozen=True, slots=True)
class QueuedDrop:
    """A drop that is in line for IMS, so far as anybody needs to know who does not read its row."""

    drop_id: str
    key: str
    parts: tuple[str, ...]  # keys of its files other than image and sidecar
    tasks: int  # of IMS's, that it will take
    deadline_at: str


class Ledger(Protocol):
    """One row a drop, written whole and only if its revision is still the one that was read."""

    def get(self, drop_id: str) -> Drop | None:
        """Strongly consistent."""

    def save(self, drop: Drop) -> Drop:
        """Writes it as `drop.revised` says (revision 0: there must be no row); returns it. Raises Conflict."""

    def delete(self, drop: Drop) -> None:
        """Raises Conflict where the row has moved on."""

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        """`save`, and in the same transaction makes this the live drop of its bucket and key. Raises Conflict, or
        KeyTaken where another drop holds the key; `over` is that drop's row as it was read, found to be live no more:
        the key is taken from it, unless it has moved on since (KeyTaken again)."""

    def release_key(self, drop: Drop) -> None:
        """Lets go of the key, if this drop holds it."""

    def open(self, *, queued: bool = True) -> Iterable[Drop]:
        """Every row that has not ended or whose owner has not been told everything yet, oldest first. `queued`: those
        that are in line for IMS, too."""

    def tasks_in_progress(self) -> Mapping[str, int]:
        """Drop id -> tasks of IMS, of every row whose place is `working`. This and `queued` may lag a little behind the
        rows."""

    def queued(self, limit: int | None = None) -> Sequence[QueuedDrop]:
        """The line for IMS, or its first `limit`: whoever has been there longest first."""

    def rows_of_key(self, bucket: str, key: str) -> Iterable[Drop]:
        """Every row of this key, whatever content it was for."""

    def record_part(self, bucket: str, part: str, image_key: str) -> None:
        """Records that the sidecar of `image_key` names the file `part` (a data or bitmap file)."""

    def images_naming_part(self, bucket: str, part: str) -> Sequence[str]:
        """The image keys whose sidecars name this file."""

    def load(self, name: str) -> dict[str, Any] | None:
        """A note: the sweep's cursor, a push that was taken ..."""

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        """... which may be forgotten from `until` on, though it need not be."""

    def count(self, name: str, most: int, until: datetime) -> bool:
        """Adds one to a counter of its own kind of name, unless it has come to `most`: whether it has added. Atomic;
        may be forgotten from `until` on, like a note."""
