"""Where an image and its parts lie: in a folder, in a bucket, behind a web address."""

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
from imagedrop_cli.output import USAGE, CommandError

if TYPE_CHECKING:
    from imagedrop.adapters.http_source import UrlSource


class ImageLocation(Protocol):
    key: str

    def head(self, key: str) -> ObjectHead | None: ...
    def open(self, head: ObjectHead) -> AbstractContextManager[Source]: ...
    def place(self) -> rules.Location: ...


class FileLocation:
    """A file, and what lies beside it. Raises Stop for what is no file."""

    def __init__(self, path: Path) -> None:
        self._folder, self.key = path.parent, path.name
        try:
            kind = path.stat().st_mode
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: {error_text(error)}", USAGE) from None
        if not (S_ISREG(kind) or S_ISBLK(kind)):
            raise CommandError(f"{path} is {'a folder' if S_ISDIR(kind) else 'no file'}, not an image", USAGE)

    def head(self, key: str) -> ObjectHead | None:
        path = self._folder / key
        if not path.is_file() and not path.is_block_device():
            return None
        with self._opened(path) as source:
            return ObjectHead(key=key, etag="", size=source.size, last_modified="")

    def open(self, head: ObjectHead) -> FileSource:
        return self._opened(self._folder / head.key)

    def place(self) -> rules.Location:
        return rules.Location(settings=Settings())

    def _opened(self, path: Path) -> FileSource:
        try:
            return FileSource(path)
        except OSError as error:
            raise CommandError(f"{path}: {error_text(error)}", USAGE) from None


class ObsLocation:
    """An object, and what lies beside it."""

    def __init__(self, obs: connections.ObsConnection, bucket: str, key: str) -> None:
        self.key, self._bucket, self._settings, self._objects = key, bucket, obs.settings, obs.objects

    def head(self, key: str) -> ObjectHead | None:
        return self._objects.head(self._bucket, key)

    def open(self, head: ObjectHead) -> AbstractContextManager[Source]:
        return nullcontext(ParallelSource(ObjectSource(self._objects, self._bucket, head.key, head), _together()))

    def place(self) -> rules.Location:
        return rules.Location(
            settings=self._settings,
            bucket=self._bucket,
            region=self._objects.region(self._bucket),
            storage_class=self._objects.storage_class(self._bucket),
        )


class UrlLocation:
    """A file behind http or https, and what lies beside it. A query, which may hold a signature, is never shown."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.key = unquote(urlsplit(url).path.rpartition("/")[2])
        if not self.key:
            raise CommandError("this address names no file", USAGE)

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
            yield ParallelSource(source, _together())

    def place(self) -> rules.Location:
        return rules.Location(settings=Settings())

    def _source(self, key: str) -> UrlSource:
        from imagedrop.adapters.http_source import UrlSource

        if key != self.key and urlsplit(self._url).query:
            raise CommandError(
                f"{key} belongs to this image, and an address with a query reaches one file alone", USAGE
            )
        return UrlSource(self._url if key == self.key else urljoin(self._url, "./" + quote(key)))


def locate(image: str, folder: Path | None) -> ImageLocation:
    """By what the user calls the image: a path, `obs://bucket/key` or a web address."""
    if connections.is_url(image):
        return UrlLocation(image)
    address = connections.split_obs_url(image)
    return FileLocation(Path(image)) if address is None else ObsLocation(connections.obs(folder), *address)


def error_text(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@cache
def _together() -> RunParallel:
    """The threads of this process."""
    return thread_pool()
