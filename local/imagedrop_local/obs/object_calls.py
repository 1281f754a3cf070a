"""Calls on one object: HEAD, GET, PUT, copy, DELETE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote

from imagedrop_local.http import CHUNK, FileSlice, Response
from imagedrop_local.obs import headers, xml
from imagedrop_local.obs.call import Call
from imagedrop_local.obs.model import StoredObject, StoreError
from imagedrop_local.obs.ranges import check_conditions, parse_ranges
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches

MAX_PUT = 5 << 30
_OVERRIDES = ("Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires")
_BOUNDARY = "simulator-part"


class ObjectCalls:
    """`calls`: the handlers by call name."""

    def __init__(self, store: Store, switches: ObsSwitches) -> None:
        self._store, self._switches = store, switches
        self.calls = {
            "HeadObject": self.head,
            "GetObject": self.get,
            "PutObject": self.put,
            "CopyObject": self.copy,
            "DeleteObject": self.delete,
        }

    def head(self, call: Call) -> Response:
        stored = self._store.head(call.bucket, call.key)
        if not stored:
            raise StoreError("NoSuchKey", f"there is no object {call.key!r}")
        check_conditions(call.request.headers.get, stored)
        return Response(
            200, b"", {**headers.response_headers(stored, call.dialect), "Content-Length": str(stored.size)}
        )

    def get(self, call: Call) -> Response:
        stored, file = self._store.open_object(call.bucket, call.key)
        try:
            check_conditions(call.request.headers.get, stored)
            check_readable(stored)
            return self._content(call, stored, file)
        except BaseException:
            file.close()
            raise

    def _content(self, call: Call, stored: StoredObject, file: BinaryIO) -> Response:
        requested = call.request.headers.get("Range")
        ranges = parse_ranges(requested, stored.size)
        if requested and not ranges and self._switches.obs_invalid_range == "416":
            raise StoreError("InvalidRange", f"no byte of {requested!r} is in an object of {stored.size} bytes")
        response_headers = headers.response_headers(stored, call.dialect) | _overrides(call)
        if len(ranges) > 1:
            return _multipart_ranges(stored, file, ranges, response_headers)
        offset, length = ranges[0] if ranges else (0, stored.size)
        response_headers["Content-Length"] = str(length)
        if ranges:
            response_headers["Content-Range"] = f"bytes {offset}-{offset + length - 1}/{stored.size}"
        return Response(206 if ranges else 200, FileSlice(file, offset, length), response_headers)

    def put(self, call: Call) -> Response:
        check_length(call)
        check_framing(call, self._switches)
        stored = self._store.put(
            call.bucket, call.key, call.body(), headers.attributes_of(call), call.cause("Put"), call.md5_check()
        )
        return Response(
            200, b"", {"ETag": f'"{stored.etag}"', **headers.encryption_headers(stored.attributes, call.dialect)}
        )

    def copy(self, call: Call) -> Response:
        source, file = open_source(call, self._store)
        with file:
            replaces = (call.dialect_header("metadata-directive") or "COPY").upper() == "REPLACE"
            given = headers.attributes_of(call)
            kept = {"storage_class", "encryption", "encryption_key"}
            attributes = given if replaces else source.attributes.model_copy(update=given.model_dump(include=kept))
            stored = self._store.put(
                call.bucket, call.key, pieces(file, 0, source.size), attributes, call.cause("Copy")
            )
        return xml.response("CopyObjectResult", copy_result(stored.etag, stored))

    def delete(self, call: Call) -> Response:
        self._store.delete(call.bucket, call.key, call.cause("Delete"))
        return Response(204)


def check_readable(stored: StoredObject) -> None:
    if stored.storage_class in ("COLD", "DEEP_ARCHIVE"):
        raise StoreError("InvalidObjectState", "the object is in cold storage and was not restored")


def check_length(call: Call) -> None:
    if "Content-Length" not in call.request.headers and "Transfer-Encoding" not in call.request.headers:
        raise StoreError("MissingContentLength", "send Content-Length")
    if call.request.length > MAX_PUT:
        raise StoreError("EntityTooLarge", f"{call.request.length} bytes; at most {MAX_PUT} in one PUT or part")


def check_framing(call: Call, switches: ObsSwitches) -> None:
    """Raises for the aws-chunked framing of newer SDKs, which OBS does not decode."""
    if call.payload.startswith("STREAMING-") and switches.obs_aws_chunked == "refused":
        raise StoreError("XAmzContentSHA256Mismatch", "the body's hash is not the one in x-amz-content-sha256")


def open_source(call: Call, store: Store) -> tuple[StoredObject, BinaryIO]:
    """The source of a copy. Raises StoreError if the copy's conditions do not hold."""
    named = unquote(call.dialect_header("copy-source") or "").partition("?versionId=")[0].removeprefix("/")
    bucket, _, key = named.partition("/")
    if not bucket or not key:
        raise StoreError("InvalidArgument", f"copy source {named!r} is not bucket/key")
    source, file = store.open_object(bucket, key)
    try:
        check_conditions(call.request.headers.get, source, call.dialect.header("copy-source-"))
        check_readable(source)
    except StoreError:
        file.close()
        raise
    return source, file


def pieces(file: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    file.seek(offset)
    while length and (piece := file.read(min(CHUNK, length))):
        length -= len(piece)
        yield piece


def copy_result(etag: str, stored: StoredObject) -> tuple[tuple[str, str], ...]:
    return ("LastModified", xml_time(stored)), ("ETag", f'"{etag}"')


def xml_time(stored: StoredObject) -> str:
    """With milliseconds, as in a listing; HEAD has whole seconds."""
    return stored.last_modified.strftime("%Y-%m-%dT%H:%M:%S.") + f"{stored.last_modified.microsecond // 1000:03}Z"


def _overrides(call: Call) -> dict[str, str]:
    query = call.query
    requested = {name: query.get(f"response-{name.lower()}") for name in _OVERRIDES}
    return {name: value for name, value in requested.items() if value and value.isprintable()}


def _multipart_ranges(
    stored: StoredObject, file: BinaryIO, ranges: list[tuple[int, int]], response_headers: dict[str, str]
) -> Response:
    heads = [
        f"\r\n--{_BOUNDARY}\r\nContent-type: {response_headers['Content-Type']}\r\n"
        f"Content-range: bytes {offset}-{offset + length - 1}/{stored.size}\r\n\r\n".encode()
        for offset, length in ranges
    ]
    tail = f"\r\n--{_BOUNDARY}--\r\n".encode()

    def body() -> Iterator[bytes]:
        with file:
            for head, (offset, length) in zip(heads, ranges, strict=True):
                yield head
                yield from pieces(file, offset, length)
            yield tail

    response_headers["Content-Type"] = f"multipart/byteranges; boundary={_BOUNDARY}"
    response_headers["Content-Length"] = str(sum(map(len, heads)) + sum(length for _, length in ranges) + len(tail))
    return Response(206, body(), response_headers)
