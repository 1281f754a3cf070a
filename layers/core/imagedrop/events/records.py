"""One record of an event: OBS's own form (`obs`, version 3.0), the S3 form (`s3`, 2.x), or imagedrop's own message.

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
    """`cloud_event`: the CloudEvents envelope around the record, if any. Raises MalformedRecord.

    Inside CloudEvents the subscription decides whether keys are encoded, and `eventTime` is local time labelled `Z`.
    """
    envelope = cloud_event or {}
    event_name = record.get("eventName") or envelope.get("type")
    if event_name and not _is_creation(event_name):
        return Ignored(f"{short_json(event_name)} is not the creation of an object")
    content = next(record[name] for name in RECORD_FIELDS if name in record)
    s3_object = _child(content, "object")
    return ObjectCreated(
        bucket=_bucket_name(_child(content, "bucket")),
        key=object_key(s3_object.get("key"), encoded=keys_encoded if cloud_event is not None else True),
        etag=_etag(s3_object.get("eTag")),
        size=_non_negative(s3_object.get("size")),
        time=_utc_time(envelope.get("time") if cloud_event is not None else record.get("eventTime")),
        event_id=text_or_none(envelope.get("id")) or _request_id(record.get("responseElements")),
    )


def read_own_message(message: JsonObject) -> ObjectCreated:
    """`{"bucket", "key"}` with an optional `after_attempt`; the key is not encoded. Raises MalformedRecord."""
    bucket = _bucket_name({"name": message.get("bucket")})
    key = object_key(message.get("key"), encoded=False)
    return ObjectCreated(bucket, key, after_attempt=_non_negative(message.get("after_attempt")))


def _is_creation(event_name: Any) -> bool:
    """For `ObjectCreated:Put`, `s3:ObjectCreated:Put`, `OBS:DWR:ObjectCreated:PUT` and plain `ObjectCreated`."""
    if not isinstance(event_name, str):
        raise MalformedRecord(f"the event name is {short_json(event_name)}, which is not text")
    return CREATED in event_name.casefold().split(":")


def _child(content: Any, name: str) -> JsonObject:
    child = content.get(name) if isinstance(content, Mapping) else None
    if not isinstance(child, Mapping):
        raise MalformedRecord(f"the record has no {name}")
    return child


def _bucket_name(bucket: JsonObject) -> str:
    name = text_or_none(bucket.get("name")) or text_or_none(bucket.get("bucket"))
    if name is None:
        raise MalformedRecord(f"the bucket is {short_json(bucket.get('name'))}, which is not a name")
    return name


def _etag(value: Any) -> str | None:
    return (text_or_none(value) or "").strip('"') or None


def _non_negative(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _utc_time(value: Any) -> str | None:
    try:
        time = datetime.fromisoformat(value)
        return format_timestamp(time) if time.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _request_id(elements: Any) -> str | None:
    values = elements if isinstance(elements, Mapping) else {}
    return next((request_id for name in REQUEST_IDS if (request_id := text_or_none(values.get(name)))), None)
