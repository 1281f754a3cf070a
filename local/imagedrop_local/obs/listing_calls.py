"""Listings: objects (both versions), multipart uploads, parts."""

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
from imagedrop_local.obs.object_calls import xml_time
from imagedrop_local.obs.store import Store

MAX_KEYS = 1000
_OWNER: tuple[xml.Element, ...] = (("ID", "simulator"), ("DisplayName", "simulator"))


class ListingCalls:
    """Handlers by the names of their calls."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls = {
            "ListObjects": self.objects,
            "ListObjectsV2": self.objects_v2,
            "ListMultipartUploads": self.uploads,
            "ListParts": self.parts,
        }

    def objects(self, call: Call) -> Response:
        marker, (page, show) = call.query.get("marker", ""), self._page(call, call.query.get("marker", ""))
        head: list[xml.Element] = [("Marker", show(marker))]
        if page.after is not None:
            head.append(("NextMarker", show(page.after)))
        return _listed(call, page, show, head, owner=True)

    def objects_v2(self, call: Call) -> Response:
        query = call.query
        token, start = query.get("continuation-token"), query.get("start-after", "")
        page, show = self._page(call, start if token is None else _read(token))
        head: list[xml.Element] = [("KeyCount", len(page.objects) + len(page.prefixes))]
        if start:
            head.append(("StartAfter", show(start)))
        if token is not None:
            head.append(("ContinuationToken", token))
        if page.after is not None:
            head.append(("NextContinuationToken", base64.urlsafe_b64encode(page.after.encode()).decode()))
        return _listed(call, page, show, head, owner=query.get("fetch-owner") == "true")

    def uploads(self, call: Call) -> Response:
        query, show = call.query, _shower(call)
        limit = call.int_param("max-uploads", MAX_KEYS, MAX_KEYS)
        prefix, after = query.get("prefix", ""), (query.get("key-marker", ""), query.get("upload-id-marker", ""))
        found = [one for one in self._store.uploads.of_bucket(call.bucket) if one.key.startswith(prefix)]
        found = [one for one in found if _beyond(one.key, one.id, *after)]
        listed, more = found[:limit], len(found) > limit
        elements: list[xml.Element] = [
            ("Bucket", call.bucket),
            ("KeyMarker", show(after[0])),
            ("UploadIdMarker", after[1]),
            ("Prefix", show(prefix)),
            ("MaxUploads", limit),
            ("IsTruncated", more),
        ]
        if more:
            elements += [("NextKeyMarker", show(listed[-1].key)), ("NextUploadIdMarker", listed[-1].id)]
        for one in listed:
            initiated = one.initiated.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            who: tuple[xml.Element, ...] = (("Initiator", _OWNER), ("Owner", _OWNER), ("StorageClass", "STANDARD"))
            elements.append(("Upload", (("Key", show(one.key)), ("UploadId", one.id), *who, ("Initiated", initiated))))
        return _document("ListMultipartUploadsResult", _encoding(call) + elements)

    def parts(self, call: Call) -> Response:
        show, upload_id = _shower(call), call.query["uploadId"]
        limit = call.int_param("max-parts", MAX_KEYS, MAX_KEYS)
        after = call.int_param("part-number-marker", 0, 10_000)
        found = [part for part in self._store.uploads.parts(call.bucket, call.key, upload_id) if part.number > after]
        listed, more = found[:limit], len(found) > limit
        elements: list[xml.Element] = [
            ("Bucket", call.bucket),
            ("Key", show(call.key)),
            ("UploadId", upload_id),
            ("Initiator", _OWNER),
            ("Owner", _OWNER),
            ("StorageClass", "STANDARD"),
            ("PartNumberMarker", after),
            ("NextPartNumberMarker", listed[-1].number if listed else 0),
            ("MaxParts", limit),
            ("IsTruncated", more),
        ]
        for part in listed:
            modified = part.last_modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            said = (
                ("PartNumber", part.number),
                ("LastModified", modified),
                ("ETag", f'"{part.etag}"'),
                ("Size", part.size),
            )
            elements.append(("Part", said))
        return _document("ListPartsResult", _encoding(call) + elements)

    def _page(self, call: Call, after: str) -> tuple[Page, Callable[[str], str]]:
        query, limit = call.query, call.int_param("max-keys", MAX_KEYS, MAX_KEYS)
        page = self._store.list(call.bucket, query.get("prefix", ""), after, query.get("delimiter", ""), limit)
        return page, _shower(call)


def _listed(call: Call, page: Page, show: Callable[[str], str], head: list[xml.Element], owner: bool) -> Response:
    query = call.query
    elements: list[xml.Element] = [
        ("Name", call.bucket),
        ("Prefix", show(query.get("prefix", ""))),
        ("MaxKeys", call.int_param("max-keys", MAX_KEYS, MAX_KEYS)),
        ("IsTruncated", page.after is not None),
    ]
    if "delimiter" in query:
        elements.append(("Delimiter", show(query["delimiter"])))
    contents = [("Contents", _content(stored, show, call.dialect, owner)) for stored in page.objects]
    prefixes: list[xml.Element] = [("CommonPrefixes", (("Prefix", show(prefix)),)) for prefix in page.prefixes]
    return _document("ListBucketResult", [*_encoding(call), *elements, *head, *contents, *prefixes])


def _content(stored: StoredObject, show: Callable[[str], str], dialect: Dialect, owner: bool) -> list[xml.Element]:
    elements: list[xml.Element] = [
        ("Key", show(stored.key)),
        ("LastModified", xml_time(stored)),
        ("ETag", f'"{stored.etag}"'),
        ("Size", stored.size),
        ("StorageClass", dialect.format_storage_class(stored.storage_class)),
    ]
    return elements + ([("Owner", _OWNER)] if owner else [])


def _document(root: str, elements: list[xml.Element]) -> Response:
    return Response(200, xml.write(root, elements), {"Content-Type": "application/xml"})


def _encoding(call: Call) -> list[xml.Element]:
    return [("EncodingType", "url")] if _encodes(call) else []


def _shower(call: Call) -> Callable[[str], str]:
    return (lambda key: quote(key, safe="/")) if _encodes(call) else (lambda key: key)


def _encodes(call: Call) -> bool:
    shown = call.query.get("encoding-type", "")
    if shown not in ("", "url"):
        raise StoreError("InvalidArgument", f"encoding-type is url, not {shown!r}")
    return shown == "url"


def _read(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise StoreError("InvalidArgument", "the continuation token is none of ours") from None


def _beyond(key: str, upload_id: str, key_marker: str, id_marker: str) -> bool:
    if not id_marker:
        return key.encode() > key_marker.encode()
    return (key.encode(), upload_id) > (key_marker.encode(), id_marker)
