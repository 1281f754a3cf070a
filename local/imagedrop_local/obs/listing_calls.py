"""Calls that list: objects (both versions), multipart uploads, parts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from urllib.parse import quote

from imagedrop_local.http import Response
from imagedrop_local.obs import xml
from imagedrop_local.obs.call import Call
from imagedrop_local.obs.dialect import Dialect
from imagedrop_local.obs.model import Page, StoredObject, StoreError
from imagedrop_local.obs.multipart import Uploads
from imagedrop_local.obs.object_calls import xml_time
from imagedrop_local.obs.store import Store

MAX_KEYS = 1000
_OWNER: tuple[xml.Element, ...] = (("ID", "simulator"), ("DisplayName", "simulator"))
_OWNERS: tuple[xml.Element, ...] = (("Initiator", _OWNER), ("Owner", _OWNER), ("StorageClass", "STANDARD"))


class ListingCalls:
    """`calls`: the handlers by call name."""

    def __init__(self, store: Store, uploads: Uploads) -> None:
        self._store, self._uploads = store, uploads
        self.calls = {
            "ListObjects": self.objects,
            "ListObjectsV2": self.objects_v2,
            "ListMultipartUploads": self.uploads,
            "ListParts": self.parts,
        }

    def objects(self, call: Call) -> Response:
        marker, (page, encode) = call.query.get("marker", ""), self._page(call, call.query.get("marker", ""))
        head: list[xml.Element] = [("Marker", encode(marker))]
        if page.after is not None:
            head.append(("NextMarker", encode(page.after)))
        return _list_result(call, page, encode, head, owner=True)

    def objects_v2(self, call: Call) -> Response:
        query = call.query
        token, start = query.get("continuation-token"), query.get("start-after", "")
        page, encode = self._page(call, start if token is None else _parse_token(token))
        head: list[xml.Element] = [("KeyCount", len(page.objects) + len(page.prefixes))]
        if start:
            head.append(("StartAfter", encode(start)))
        if token is not None:
            head.append(("ContinuationToken", token))
        if page.after is not None:
            head.append(("NextContinuationToken", base64.urlsafe_b64encode(page.after.encode()).decode()))
        return _list_result(call, page, encode, head, owner=query.get("fetch-owner") == "true")

    def uploads(self, call: Call) -> Response:
        query, encode = call.query, _key_encoder(call)
        limit = call.int_param("max-uploads", MAX_KEYS, MAX_KEYS)
        prefix, after = query.get("prefix", ""), (query.get("key-marker", ""), query.get("upload-id-marker", ""))
        found = [upload for upload in self._uploads.of_bucket(call.bucket) if upload.key.startswith(prefix)]
        found = [upload for upload in found if _is_after(upload.key, upload.id, *after)]
        listed, more = found[:limit], len(found) > limit
        elements: list[xml.Element] = [
            ("Bucket", call.bucket),
            ("KeyMarker", encode(after[0])),
            ("UploadIdMarker", after[1]),
            ("Prefix", encode(prefix)),
            ("MaxUploads", limit),
            ("IsTruncated", more),
        ]
        if more:
            elements += [("NextKeyMarker", encode(listed[-1].key)), ("NextUploadIdMarker", listed[-1].id)]
        for upload in listed:
            named = (("Key", encode(upload.key)), ("UploadId", upload.id))
            initiated = ("Initiated", xml.seconds(upload.initiated))
            elements.append(("Upload", (*named, *_OWNERS, initiated)))
        return xml.response("ListMultipartUploadsResult", _encoding(call) + elements)

    def parts(self, call: Call) -> Response:
        encode, upload_id = _key_encoder(call), call.query["uploadId"]
        limit = call.int_param("max-parts", MAX_KEYS, MAX_KEYS)
        after = call.int_param("part-number-marker", 0, 10_000)
        found = [part for part in self._uploads.parts(call.bucket, call.key, upload_id) if part.number > after]
        listed, more = found[:limit], len(found) > limit
        elements: list[xml.Element] = [
            ("Bucket", call.bucket),
            ("Key", encode(call.key)),
            ("UploadId", upload_id),
            *_OWNERS,
            ("PartNumberMarker", after),
            ("NextPartNumberMarker", listed[-1].number if listed else 0),
            ("MaxParts", limit),
            ("IsTruncated", more),
        ]
        for part in listed:
            modified = ("LastModified", xml.seconds(part.last_modified))
            content = (("PartNumber", part.number), modified, ("ETag", f'"{part.etag}"'), ("Size", part.size))
            elements.append(("Part", content))
        return xml.response("ListPartsResult", _encoding(call) + elements)

    def _page(self, call: Call, after: str) -> tuple[Page, Callable[[str], str]]:
        query, limit = call.query, call.int_param("max-keys", MAX_KEYS, MAX_KEYS)
        page = self._store.list(call.bucket, query.get("prefix", ""), after, query.get("delimiter", ""), limit)
        return page, _key_encoder(call)


def _list_result(
    call: Call, page: Page, encode: Callable[[str], str], head: list[xml.Element], owner: bool
) -> Response:
    query = call.query
    elements: list[xml.Element] = [
        ("Name", call.bucket),
        ("Prefix", encode(query.get("prefix", ""))),
        ("MaxKeys", call.int_param("max-keys", MAX_KEYS, MAX_KEYS)),
        ("IsTruncated", page.after is not None),
    ]
    if "delimiter" in query:
        elements.append(("Delimiter", encode(query["delimiter"])))
    contents = [("Contents", _content(stored, encode, call.dialect, owner)) for stored in page.objects]
    prefixes: list[xml.Element] = [("CommonPrefixes", (("Prefix", encode(prefix)),)) for prefix in page.prefixes]
    return xml.response("ListBucketResult", [*_encoding(call), *elements, *head, *contents, *prefixes])


def _content(stored: StoredObject, encode: Callable[[str], str], dialect: Dialect, owner: bool) -> list[xml.Element]:
    elements: list[xml.Element] = [
        ("Key", encode(stored.key)),
        ("LastModified", xml_time(stored)),
        ("ETag", f'"{stored.etag}"'),
        ("Size", stored.size),
        ("StorageClass", dialect.format_storage_class(stored.storage_class)),
    ]
    return elements + ([("Owner", _OWNER)] if owner else [])


def _encoding(call: Call) -> list[xml.Element]:
    return [("EncodingType", "url")] if _url_encoded(call) else []


def _key_encoder(call: Call) -> Callable[[str], str]:
    return (lambda key: quote(key, safe="/")) if _url_encoded(call) else (lambda key: key)


def _url_encoded(call: Call) -> bool:
    encoding = call.query.get("encoding-type", "")
    if encoding not in ("", "url"):
        raise StoreError("InvalidArgument", f"encoding-type is url, not {encoding!r}")
    return encoding == "url"


def _parse_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise StoreError("InvalidArgument", "the continuation token is not from this server") from None


def _is_after(key: str, upload_id: str, key_marker: str, id_marker: str) -> bool:
    if not id_marker:
        return key.encode() > key_marker.encode()
    return (key.encode(), upload_id) > (key_marker.encode(), id_marker)
