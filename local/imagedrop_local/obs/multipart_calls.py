"""Calls of a multipart upload."""

from __future__ import annotations

import re

from imagedrop_local.http import Response
from imagedrop_local.obs import headers, xml
from imagedrop_local.obs.call import Call
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.multipart import Uploads
from imagedrop_local.obs.object_calls import check_framing, check_length, open_source, pieces
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches

_SOURCE_RANGE = re.compile(r"bytes=(\d{1,16})-(\d{1,16})")


class MultipartCalls:
    """`calls`: the handlers by call name."""

    def __init__(self, store: Store, uploads: Uploads, switches: ObsSwitches) -> None:
        self._store, self._uploads, self._switches = store, uploads, switches
        self.calls = {
            "CreateMultipartUpload": self.create,
            "UploadPart": self.put,
            "UploadPartCopy": self.copy,
            "CompleteMultipartUpload": self.complete,
            "AbortMultipartUpload": self.abort,
        }

    def create(self, call: Call) -> Response:
        attributes = headers.attributes_of(call)
        upload = self._uploads.start(call.bucket, call.key, attributes)
        content = (("Bucket", call.bucket), ("Key", call.key), ("UploadId", upload.id))
        return xml.response(
            "InitiateMultipartUploadResult", content, headers.encryption_headers(attributes, call.dialect)
        )

    def put(self, call: Call) -> Response:
        check_length(call)
        check_framing(call, self._switches)
        part = self._uploads.put(
            call.bucket, call.key, call.query.get("uploadId", ""), _number(call), call.body(), call.md5_check()
        )
        return Response(200, b"", {"ETag": f'"{part.etag}"'})

    def copy(self, call: Call) -> Response:
        source, file = open_source(call, self._store)
        with file:
            offset, length = _range(call.dialect_header("copy-source-range"), source.size)
            content = pieces(file, offset, length)
            part = self._uploads.put(call.bucket, call.key, call.query.get("uploadId", ""), _number(call), content)
        modified = xml.seconds(part.last_modified)
        return xml.response("CopyPartResult", (("LastModified", modified), ("ETag", f'"{part.etag}"')))

    def complete(self, call: Call) -> Response:
        tree = xml.read(call.small_body(xml.MAX_BODY), "CompleteMultipartUpload")
        listed = [_listed_part(part.findtext("PartNumber"), part.findtext("ETag")) for part in tree.findall("Part")]
        cause = call.cause("CompleteMultipartUpload")
        stored = self._uploads.complete(call.bucket, call.key, call.query["uploadId"], listed, cause)
        elements = (
            ("Location", f"/{call.bucket}/{call.key}"),
            ("Bucket", call.bucket),
            ("Key", call.key),
            ("ETag", f'"{stored.etag}"'),
        )
        encryption = headers.encryption_headers(stored.attributes, call.dialect)
        return xml.response("CompleteMultipartUploadResult", elements, encryption)

    def abort(self, call: Call) -> Response:
        self._uploads.abort(call.bucket, call.key, call.query["uploadId"])
        return Response(204)


def _number(call: Call) -> int:
    value = call.query.get("partNumber", "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _range(value: str | None, size: int) -> tuple[int, int]:
    """(offset, length). Unlike in a GET, the range must be inside the source."""
    if value is None:
        return 0, size
    match = _SOURCE_RANGE.fullmatch(value)
    if not match or not int(match[1]) <= int(match[2]) < size:
        raise StoreError("InvalidArgument", f"copy source range {value!r} of {size} bytes")
    return int(match[1]), int(match[2]) + 1 - int(match[1])


def _listed_part(number: str | None, etag: str | None) -> tuple[int, str]:
    if not number or not number.strip().isdecimal() or not etag:
        raise StoreError("MalformedXML", "each Part has a PartNumber and an ETag")
    return int(number), etag.strip()
