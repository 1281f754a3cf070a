"""The real inspection, run once for each content, so that a history takes milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import PurePosixPath
from typing import Any

import pytest

from imagedrop.inspection import inspect
from imagedrop.workflow.bucket_records import file_versions
from imagedrop.workflow.validate import accept
from tests.simulation.workload import content_of


class _Bytes:
    def __init__(self, name: str, body: bytes) -> None:
        self.name, self.size, self._body = name, len(body), body

    def read(self, offset: int, length: int) -> bytes:
        return self._body[offset : offset + length]


@cache
def _result(etag: str, file_name: str, role: Any) -> Any:
    return inspect(_Bytes(file_name, content_of(etag)), file_name=file_name, role=role)


@cache
def facts_of(etag: str, key: str) -> dict[str, Any]:
    """The public facts of the content with this ETag."""
    facts: dict[str, Any] = _result(etag, "disk" + PurePosixPath(key).suffix, "system").facts.public()
    return facts


_digest = lru_cache(maxsize=10_000)(file_versions.version_digest)


@contextmanager
def cached_inspection(fail: Callable[[str], None]) -> Iterator[None]:
    """Each inspection still reads 512 bytes, so that it notices a replaced object. Calls `fail` if they are not of the
    expected content."""

    def inspect_once(source: Any, *, file_name: str, role: str, **_: Any) -> Any:
        etag = source.source.etag
        read = source.read(0, min(512, source.size))
        if read != content_of(etag)[: len(read)]:
            fail(f"{file_name} is inspected though the bucket has other content")
        return _result(etag, "disk" + PurePosixPath(file_name).suffix, role)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accept, "inspect", inspect_once)
        patch.setattr(file_versions, "version_digest", _digest)
        yield
