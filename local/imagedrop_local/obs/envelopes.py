"""The three formats of an event message: OBS 3.0 (A), S3 2.0 (B), EventGrid's CloudEvents (C)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote_plus

from imagedrop_local.obs.model import EventRule, ObjectEvent
from imagedrop_local.obs.switches import ObsSwitches

CHINA = timedelta(hours=8)
_ACCOUNT = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"


@dataclass(frozen=True)
class EventFormat:
    """`switches` say which envelope is used, and what the documents leave open about it."""

    switches: ObsSwitches
    region: str


def message(fmt: EventFormat, event: ObjectEvent, rule: EventRule) -> str:
    """The `message` of the SMN push: JSON text."""
    envelope = {"A": _envelope_a, "B": _envelope_b, "C": _envelope_c}[fmt.switches.obs_envelope]
    return json.dumps(envelope(fmt, event, rule), ensure_ascii=False)


def rule_test_message(bucket: str, request_id: str, when: datetime, body: Literal["s3", "words"]) -> str:
    """The message that a new event rule sends to its topic. OBS's format is not documented; S3's has no Records."""
    if body == "words":
        return f"This is a test notification of the bucket {bucket}."
    return json.dumps(
        {
            "Service": "OBS",
            "Event": "s3:TestEvent",
            "Time": _time(when),
            "Bucket": bucket,
            "RequestId": request_id,
            "HostId": "simulator",
        }
    )


def _envelope_a(fmt: EventFormat, event: ObjectEvent, rule: EventRule) -> dict[str, Any]:
    fields = {"key": quote_plus(event.key), "versionId": "null", "sequencer": _sequencer(event)}
    return {"Records": [_record(fmt, event, rule, _time(event.when), fields)]}


def _record(fmt: EventFormat, event: ObjectEvent, rule: EventRule, time: str, fields: dict[str, str]) -> dict[str, Any]:
    owner = {"ID": _ACCOUNT}
    object_fields: dict[str, Any] = {"key": fields["key"]}
    if not event.name.startswith("ObjectRemoved"):
        object_fields |= {"eTag": event.etag, "size": event.size}
    object_fields |= {"versionId": fields["versionId"], "sequencer": fields["sequencer"]}
    return {
        "eventVersion": "3.0",
        "eventSource": "OBS",
        "eventRegion": fmt.region,
        "eventTime": time,
        "eventName": event.name,
        "userIdentity": {"ID": _ACCOUNT},
        "requestParameters": {"sourceIPAddress": event.cause.source_ip},
        "responseElements": {"x-obs-request-id": event.cause.request_id, "x-obs-id-2": "simulator"},
        "obs": {
            "Version": "1.0",
            "configurationId": rule.id,
            "bucket": {"name": event.bucket, "ownerIdentity": owner, "bucket": event.bucket},
            "object": object_fields,
        },
    }


def _envelope_b(fmt: EventFormat, event: ObjectEvent, rule: EventRule) -> dict[str, Any]:
    object_fields: dict[str, Any] = {"key": quote_plus(event.key) if fmt.switches.obs_event_keys_encoded else event.key}
    if not event.name.startswith("ObjectRemoved"):
        object_fields |= {"eTag": event.etag, "size": event.size}
    object_fields |= {"versionId": "null", "sequencer": _sequencer(event)}
    record = {
        "eventVersion": "2.0",
        "eventSource": "aws:s3",
        "awsRegion": fmt.region,
        "eventTime": _time(event.when),
        "eventName": f"s3:{event.name}" if fmt.switches.obs_event_prefix else event.name,
        "userIdentity": {"principalId": _ACCOUNT},
        "requestParameters": {"sourceIPAddress": event.cause.source_ip},
        "responseElements": {"x-amz-request-id": event.cause.request_id, "x-amz-id-2": "simulator"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": rule.id,
            "bucket": {
                "name": event.bucket,
                "ownerIdentity": {"PrincipalId": _ACCOUNT},  # capital P, unlike S3
                "arn": f"arn:aws:s3:::{event.bucket}",
            },
            "object": object_fields,
        },
    }
    return {"Records": [_sparse(record) if fmt.switches.obs_event_sparse else record]}


def _sparse(record: dict[str, Any]) -> dict[str, Any]:
    """As in FunctionGraph's sample event."""
    del record["eventSource"], record["responseElements"]
    del record["s3"]["s3SchemaVersion"], record["s3"]["object"]["versionId"]
    record["s3"]["bucket"]["arn"] = f"arn:fss:s3:::{record['s3']['bucket']['name']}"
    return record


def cloud_event(fmt: EventFormat, event: ObjectEvent, keys_encoded: bool) -> dict[str, Any]:
    """The event that EventGrid passes on. `keys_encoded`: as its subscription says."""
    switches = fmt.switches.model_copy(update={"obs_event_keys_encoded": keys_encoded})
    return _envelope_c(EventFormat(switches, fmt.region), event, EventRule(id="eventgrid", topic="", events=()))


def _envelope_c(fmt: EventFormat, event: ObjectEvent, rule: EventRule) -> dict[str, Any]:
    key = quote_plus(event.key) if fmt.switches.obs_event_keys_encoded else event.key
    time = _time(event.when + CHINA if fmt.switches.obs_event_time_local else event.when)
    sequencer = "1" if fmt.switches.obs_event_sequencer == "1" else _sequencer(event)
    version = f"G00101{secrets.token_hex(8).upper()}{'F' * 8}null"
    data = _record(fmt, event, rule, time, {"key": key, "versionId": version, "sequencer": sequencer})
    data["responseElements"] |= {"x-obs-id-2": "", "x-amz-request-id": "", "x-amz-id-2": ""}
    data["obs"]["bucket"]["arn"] = data["obs"]["object"]["oldpsxpth"] = ""
    group, _, kind = event.name.partition(":")
    action = kind.upper() if kind in ("Put", "Post", "Copy") else kind
    return {
        "specversion": "1.0",
        "id": event.cause.request_id or secrets.token_hex(16),
        "source": "HC.OBS.DWR",
        "type": f"OBS:DWR:{group}:{action}",
        "subject": quote_plus(event.key) if fmt.switches.obs_event_subject_encoded else event.key,
        "time": event.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + f"{secrets.randbelow(1000):03}Z",
        "datacontenttype": "application/json",
        "dataschema": "",
        "ttl": "4000",
        "data": [data] if fmt.switches.obs_event_data_list else data,
    }


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def _sequencer(event: ObjectEvent) -> str:
    return f"{int(event.when.timestamp() * 1e6):032X}"
