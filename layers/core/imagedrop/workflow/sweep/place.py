"""Where the listing stands. It is stored in the ledger after every few pages, so that a round that ends or crashes in
the middle loses little: the next one goes on from there. No I/O.

Every round needs the end markers in memory, so it lists them again. If they are so many that there is no time for all
of them, this listing of the files decides only about the drops whose end markers it has, and the next listing of the
files about the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain.drop import FileVersion
from imagedrop.domain.object_keys import END_MARKERS, FOLDER
from imagedrop.workflow.digest import Unpaired

# `0` is the character after the slash: these sort after every key in the folders.
AFTER_FOLDER, AFTER_END_MARKERS = FOLDER.removesuffix("/") + "0", END_MARKERS.removesuffix("/") + "0"


@dataclass
class Place:
    """`after`: the last key that was handled; None: the listing of the files begins. `pending`: images whose sidecars
    may still come (see `pairing_in_order`). `first_folder`, `end_folder`: the drops whose end markers this listing has
    are those with a name of the end markers' folder from `first_folder` up to, but without, `end_folder`."""

    after: str | None = None
    pending: list[tuple[str, FileVersion]] = field(default_factory=list)
    first_folder: str = ""
    end_folder: str | None = None
    unpaired: Unpaired | None = None  # None: this listing does not collect them

    @classmethod
    def load(cls, note: Mapping[str, Any] | None) -> Place:
        note = note or {}
        after = note.get("after")
        pending = [
            ((after or "")[:length], FileVersion(etag=etag, last_modified=last_modified))
            for length, etag, last_modified in note.get("pending", ())
        ]
        unpaired = Unpaired(**note["unpaired"]) if "unpaired" in note else None
        return cls(after, pending, note.get("first_folder", ""), note.get("end_folder"), unpaired)

    def note(self, now: datetime) -> dict[str, Any]:
        """Pending keys are the first characters of `after`: so a chain of a thousand of them fits into the ledger."""
        pending = [[len(key), version.etag, version.last_modified] for key, version in self.pending]
        more: dict[str, Any] = {
            "pending": pending,
            "first_folder": self.first_folder,
            "end_folder": self.end_folder,
            "unpaired": self.unpaired and self.unpaired.stored(),
        }
        return {
            "after": self.after,
            "at": format_timestamp(now),
            **{name: value for name, value in more.items() if value},
        }

    @property
    def is_first(self) -> bool:
        return self.after is None and not self.first_folder

    def next_listing(self) -> Place:
        """After the last file."""
        return Place(first_folder=self.end_folder or "")

    def has_markers_of(self, folder: str) -> bool:
        return self.first_folder <= folder and (self.end_folder is None or folder < self.end_folder)

    def after_marker(self, key: str, out_of_time: bool) -> str:
        """After which key the listing of `.imagedrop/` goes on, if `key` was the last of a page."""
        if not key.startswith(END_MARKERS):
            return key
        folder = key.removeprefix(END_MARKERS).partition("/")[0]
        if folder < self.first_folder:
            return END_MARKERS + self.first_folder
        if out_of_time and folder > self.first_folder:
            self.end_folder = min(folder, self.end_folder or folder)  # this folder may not be complete
        if self.end_folder is not None and folder >= self.end_folder:
            return AFTER_END_MARKERS
        return key
