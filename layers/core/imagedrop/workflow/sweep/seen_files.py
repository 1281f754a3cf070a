"""What this round's part of the listing shows of the files of waiting drops. No I/O."""

from __future__ import annotations

from collections.abc import Iterable

from imagedrop.domain.drop import Drop, FileVersion, Versions
from imagedrop.settings import Settings


class SeenFiles:
    """Show it every key of the listing in its order, then ask."""

    def __init__(self, settings: Settings, rows: Iterable[Drop]) -> None:
        self._bucket, self._prefix = settings.drop_bucket, settings.drop_prefix
        self._asked = {key for row in rows if row.stage == "waiting" for key in _files(row)}
        self._versions: dict[str, FileVersion] = {}
        self._after: str | None = None
        self._last: str | None = None
        self._at_end = False

    def begin(self, after: str | None) -> None:
        """`after`: the listing begins after this key."""
        self._after = after

    def see(self, key: str, version: FileVersion) -> None:
        self._last = key
        if key in self._asked:
            self._versions[key] = version

    def end(self) -> None:
        """The listing is at its end: files that were not seen are not there."""
        self._at_end = True

    def of(self, row: Drop) -> Versions:
        """The versions of the row's files, of those that would have been seen if they were there."""
        return {key: self._versions.get(key) for key in _files(row) if row.bucket == self._bucket and self._covers(key)}

    def _covers(self, key: str) -> bool:
        listed = self._at_end or (self._last is not None and key <= self._last)
        return listed and key.startswith(self._prefix) and (self._after is None or key > self._after)


def _files(row: Drop) -> set[str]:
    """Also of a new attempt, whose versions nobody has read yet."""
    return {row.key, *row.versions}
