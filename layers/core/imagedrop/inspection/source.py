"""Sources: where the bytes of an image lie. A local file and an OBS object read alike.

A source is pinned to one content: when that changes under the reader, SourceChanged goes all the way up.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from imagedrop.ports import ObjectChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import TypeGuard

    from imagedrop.ports import ObjectHead, Objects, RunParallel

Range = tuple[int, int]  # offset, length


class SourceChanged(BaseException):
    """The content is not the one that the inspection began with. No Exception: nothing below may swallow it."""


class Source(Protocol):
    """`size` in bytes. `read` answers exactly `length` bytes; the caller never asks past the end."""

    name: str
    size: int

    def read(self, offset: int, length: int) -> bytes: ...


class MultiRangeSource(Source, Protocol):
    """A source that can read several ranges side by side, at the cost of one round trip."""

    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]: ...


def reads_many(source: Source) -> TypeGuard[MultiRangeSource]:
    return hasattr(source, "read_many")


class FileSource:
    """A local file or block device. Raises OSError where it cannot be read."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.fspath(path)
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115, PTH123 - closed by close; pathlib costs an import
        self.size = self._file.seek(0, os.SEEK_END)
        self._written = self._mark()

    def read(self, offset: int, length: int) -> bytes:
        if self._mark() != self._written:
            raise SourceChanged(self.name)
        self._file.seek(offset)
        return self._file.read(length)

    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        return [self.read(*one) for one in ranges]

    def _mark(self) -> Range:
        status = os.fstat(self._file.fileno())
        return status.st_mtime_ns, status.st_size

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> FileSource:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class ObjectSource:
    """An OBS object at the ETag of `head`: every read carries If-Match. Raises ObjectsUnavailable, ObjectsRefused."""

    def __init__(self, objects: Objects, bucket: str, key: str, head: ObjectHead) -> None:
        self.name, self.size = key, head.size
        self.etag = head.etag
        self._objects, self._bucket, self._key = objects, bucket, key

    def read(self, offset: int, length: int) -> bytes:
        try:
            return self._objects.read(self._bucket, self._key, self.etag, offset, length)
        except ObjectChanged as error:
            raise SourceChanged(self._key) from error


class ParallelSource:
    """Any source, read side by side through `together`; the threads are the caller's."""

    def __init__(self, source: Source, together: RunParallel) -> None:
        self.name, self.size, self.read = source.name, source.size, source.read
        self.source, self._together = source, together

    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        return self._together([lambda one=one: self.read(*one) for one in ranges])  # type: ignore[misc]
