"""Sources: where the bytes of an image come from, a local file or an OBS object.

A source reads one content only: when that changes during the inspection, SourceChanged ends it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, TypeGuard

from imagedrop.ports import ObjectChanged, ObjectHead, Objects, RunParallel

Range = tuple[int, int]  # offset, length


class SourceChanged(BaseException):
    """The content changed during the inspection. Not an Exception, so that no reader that catches those continues."""


class Source(Protocol):
    """`size` in bytes. `read` returns exactly `length` bytes; the caller never reads past the end."""

    name: str
    size: int

    def read(self, offset: int, length: int) -> bytes: ...


class MultiRangeSource(Source, Protocol):
    """A source that reads several ranges in parallel, at the cost of one round trip."""

    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]: ...


def reads_many(source: Source) -> TypeGuard[MultiRangeSource]:
    return hasattr(source, "read_many")


class FileSource:
    """A local file or block device. Raises OSError where it cannot be read."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.fspath(path)
        self._file = Path(path).open("rb", buffering=0)  # noqa: SIM115 - closed by close
        self.size = self._file.seek(0, os.SEEK_END)
        self._version = self._current_version()

    def read(self, offset: int, length: int) -> bytes:
        if self._current_version() != self._version:
            raise SourceChanged(self.name)
        self._file.seek(offset)
        return self._file.read(length)

    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        return [self.read(*file_range) for file_range in ranges]

    def _current_version(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_mtime_ns, status.st_size

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> FileSource:
        return self

    def __exit__(self, *_: object) -> None:
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
    """Any source, read in parallel by `run_parallel`; the threads are the caller's."""

    def __init__(self, source: Source, run_parallel: RunParallel) -> None:
        self.name, self.size, self.read = source.name, source.size, source.read
        self.source, self._run_parallel = source, run_parallel

    def read_many(self, ranges: Sequence[Range]) -> Sequence[bytes]:
        return self._run_parallel([partial(self.read, *file_range) for file_range in ranges])
