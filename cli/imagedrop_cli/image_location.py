"""Reads an image and the files that belong to it from a folder, from OBS or from a web server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from stat import S_ISBLK, S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote, urljoin, urlsplit

from imagedrop import rules
from imagedrop.adapters.threads import thread_pool
from imagedrop.inspection import FileSource, ObjectSource, Source
from imagedrop.inspection.source import ParallelSource
from imagedrop.ports import ObjectHead, RunParallel
from imagedrop.settings import Settings
from imagedrop_cli import connections
from imagedrop_cli.output import InputError

if TYPE_CHECKING:
    from imagedrop.adapters.http_source import HttpSource


class ImageLocation(Protocol):
    """`key`: the image's file name, or its key in the bucket. Keys of other files are in the same folder."""

    key: str

    def head(self, key: str) -> ObjectHead | None: ...
    def open(self, head: ObjectHead) -> AbstractContextManager[Source]: ...
    def location(self) -> rules.Location: ...


class FileLocation:
    """A file on this machine. Raises CommandError if it is not a regular file or a block device."""

    def __init__(self, path: Path) -> None:
        self._folder, self.key = path.parent, path.name
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: {error_text(error)}") from None
        if not (S_ISREG(mode) or S_ISBLK(mode)):
            raise InputError(f"{path} is {'a folder' if S_ISDIR(mode) else 'not a file'}: give the path of an image")

    def head(self, key: str) -> ObjectHead | None:
        path = self._folder / key
        if not path.is_file() and not path.is_block_device():
            return None
        with self._opened(path) as source:
            return ObjectHead(key=key, etag="", size=source.size, last_modified="")

    def open(self, head: ObjectHead) -> FileSource:
        return self._opened(self._folder / head.key)

    def location(self) -> rules.Location:
        return rules.Location(settings=Settings())

    def _opened(self, path: Path) -> FileSource:
        try:
            return FileSource(path)
        except OSError as error:
            raise InputError(f"{path}: {error_text(error)}") from None


class ObsLocation:
    """An object in OBS."""

    def __init__(self, obs: connections.ObsConnection, bucket: str, key: str) -> None:
        self.key, self._bucket, self._settings, self._objects = key, bucket, obs.settings, obs.objects

    def head(self, key: str) -> ObjectHead | None:
        return self._objects.head(self._bucket, key)

    def open(self, head: ObjectHead) -> AbstractContextManager[Source]:
        return nullcontext(ParallelSource(ObjectSource(self._objects, self._bucket, head.key, head), _threads()))

    def location(self) -> rules.Location:
        return rules.Location(
            settings=self._settings,
            bucket=self._bucket,
            region=self._objects.region(self._bucket),
            storage_class=self._objects.storage_class(self._bucket),
        )


class UrlLocation:
    """A file at an http or https URL. The query is never printed, because it may hold a signature."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.key = unquote(urlsplit(url).path.rpartition("/")[2])
        if not self.key:
            raise InputError("the URL has no file name")

    def head(self, key: str) -> ObjectHead | None:
        try:
            with self._source(key) as source:
                etag = (source.etag or "").strip('"')
                return ObjectHead(key=key, etag=etag, size=source.size, last_modified="")
        except FileNotFoundError:
            return None

    @contextmanager
    def open(self, head: ObjectHead) -> Iterator[Source]:
        with self._source(head.key) as source:
            yield ParallelSource(source, _threads())

    def location(self) -> rules.Location:
        return rules.Location(settings=Settings())

    def _source(self, key: str) -> HttpSource:
        from imagedrop.adapters.http_source import HttpSource

        if key != self.key and urlsplit(self._url).query:
            raise InputError(f"{key} belongs to this image but cannot be read: the URL's query is for one file only")
        return HttpSource(self._url if key == self.key else urljoin(self._url, "./" + quote(key)))


def locate(image: str, folder: Path | None) -> ImageLocation:
    """`image`: a path, `obs://bucket/key` or a URL. `folder`: of the local stack, for `obs://`."""
    if connections.is_url(image):
        return UrlLocation(image)
    address = connections.split_obs_url(image)
    return FileLocation(Path(image)) if address is None else ObsLocation(connections.obs(folder), *address)


def error_text(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@cache
def _threads() -> RunParallel:
    """One pool for the whole process."""
    return thread_pool()
