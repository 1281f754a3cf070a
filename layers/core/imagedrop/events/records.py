"""One record of an event: `obs` (OBS's own form, 3.0), `s3` (the S3 form, 2.x) or one of our own messages.

    {"eventName", "eventTime", "responseElements": {"x-obs-request-id" | "x-amz-request-id"},
     "obs" | "s3": {"bucket": {"name"}, "object": {"key", "eTag", "size"}}}

Sources: OBS, "Event notifications" (3.0); OTC OBS and FunctionGraph documents (2.0); a captured EventGrid event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from imagedrop.common.timestamps import format_timestamp
from imagedrop.events.outcome import Ignored, ObjectCreated
from imagedrop.events.text import MalformedRecord, object_key, short_json, text_or_none

RECORD_FIELDS = ("obs", "s3")
CREATED = "objectcreated"
REQUEST_IDS = ("x-obs-request-id", "x-amz-request-id")

JsonObject = Mapping[str, Any]


def is_event_record(value: JsonObject) -> bool:
    return any(name in value for name in RECORD_FIELDS)


def read_event_record(
    record: JsonObject, cloud_event: JsonObject | None, *, keys_encoded: bool
) -> ObjectCreated | Ignored:
    """`cloud_event` is the CloudEvents envelope around the record, if there is one. Raises Malformed.

    Inside CloudEvents, keys are encoded as the subscription says, and `eventTime` is local time labelled `Z`.
    """
    event = record.get("eventName") or (cloud_event or {}).get("type")
    if event and not _created(event):
        return Ignored(f"{short_json(event)} does not tell of a new object")
    body = next(record[name] for name in RECORD_FIELDS if name in record)
    thing = _node(body, "object")
    envelope = cloud_event or {}
    return ObjectCreated(
        bucket=_bucket(_node(body, "bucket")),
        key=object_key(thing.get("key"), encoded=keys_encoded if cloud_event is not None else True),
        etag=_etag(thing.get("eTag")),
        size=_whole(thing.get("size")),
        time=_time(envelope.get("time") if cloud_event is not None else record.get("eventTime")),
        event_id=text_or_none(envelope.get("id")) or _request_id(record.get("responseElements")),
    )


def read_own_message(message: JsonObject) -> ObjectCreated:
    """`{"bucket", "key"}`, the key as it is, and perhaps `after_attempt`. Raises Malformed."""
    bucket = _bucket({"name": message.get("bucket")})
    key = object_key(message.get("key"), encoded=False)
    return ObjectCreated(bucket, key, after_attempt=_whole(message.get("after_attempt")))


def _created(event: Any) -> bool:
    """`ObjectCreated:Put`, `s3:ObjectCreated:Put` and `OBS:DWR:ObjectCreated:PUT` are; so is a bare `ObjectCreated`."""
    if not isinstance(event, str):
        raise MalformedRecord(f"the event name is {short_json(event)}, which is no text")
    return CREATED in event.casefold().split(":")


def _node(body: Any, name: str) -> JsonObject:
    inner = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(inner, Mapping):
        raise MalformedRecord(f"there is no {name} in the record")
    return inner


def _bucket(node: JsonObject) -> str:
    name = text_or_none(node.get("name")) or text_or_none(node.get("bucket"))
    if name is None:
        raise MalformedRecord(f"the bucket is {short_json(node.get('name'))}, which is no name")
    return name


def _etag(value: Any) -> str | None:
    return (text_or_none(value) or "").strip('"') or None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _time(value: Any) -> str | None:
    try:
        moment = datetime.fromisoformat(value)
        return format_timestamp(moment) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _request_id(elements: Any) -> str | None:
    known = elements if isinstance(elements, Mapping) else {}
    return next((found for name in REQUEST_IDS if (found := text_or_none(known.get(name)))), None)
