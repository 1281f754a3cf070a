"""Finds the records in a body, whatever envelopes it has, in any order.

| envelope                            | recognized by                 | its content                 |
| ----------------------------------- | ----------------------------- | --------------------------- |
| OBS 3.0, S3 2.x, SQS, SNS, Lambda   | Records, record, records      | each item                   |
| Kafka on FunctionGraph              | messages                      | each item                   |
| CloudEvents (EventGrid)             | specversion                   | data                        |
| SMN push                            | topic_urn                     | message (JSON text)         |
| SMN record on FunctionGraph         | smn                           | smn.message                 |
| SNS notification, SNS record        | TopicArn, Sns                 | Message, Sns.Message        |
| SQS record                          | body, with messageId          | body (JSON text)            |
| imagedrop's own message             | bucket, key                   | -                           |
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from imagedrop.events.outcome import Bad, Ignored, Outcome
from imagedrop.events.records import JsonObject, is_event_record, read_event_record, read_own_message
from imagedrop.events.text import MalformedRecord, short_json

MAX_DEPTH = 16  # levels of envelopes and lists; OBS in EventGrid in SMN in SNS in SQS has 11
MAX_RECORDS = 1_000  # in one body
LIST_FIELDS = ("Records", "record", "records", "messages")
OBS_SOURCE = "HC.OBS.DWR"


def parse(body: Any, *, keys_encoded: bool) -> list[Outcome]:
    """The outcome of each record in `body` (text, bytes or parsed JSON), in order. At least one; never raises.

    `keys_encoded`: whether object keys in CloudEvents are URL-encoded, which each subscription decides.
    """
    outcomes = list(islice(_parse_value(body, Position(keys_encoded)), MAX_RECORDS + 1))
    if len(outcomes) > MAX_RECORDS:
        outcomes[MAX_RECORDS] = Bad(f"more than {MAX_RECORDS} records in one body; the rest was not read")
    return outcomes or [Ignored("there are no records")]


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the body, and the innermost CloudEvents envelope around it."""

    keys_encoded: bool
    path: tuple[str, ...] = ()
    cloud_event: JsonObject | None = None

    def child(self, step: str) -> Position:
        return replace(self, path=(*self.path, step))

    @property
    def at(self) -> str:
        return "".join(self.path)

    @property
    def in_list(self) -> bool:
        return bool(self.path) and self.path[-1].startswith("[")


def _parse_value(value: Any, position: Position) -> Iterator[Outcome]:
    if len(position.path) > MAX_DEPTH:
        yield Bad(f"nested more than {MAX_DEPTH} levels deep", position.at)
    elif isinstance(value, (str, bytes, bytearray)):
        yield from _parse_text(value, position)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _parse_value(item, position.child(f"[{index}]"))
    elif isinstance(value, dict):
        yield from _parse_object(value, position)
    else:
        yield Bad(f"{short_json(value)} is not an event", position.at)


def _parse_text(value: str | bytes | bytearray, position: Position) -> Iterator[Outcome]:
    try:
        text = value if isinstance(value, str) else value.decode("utf-8-sig")
        content = json.loads(text)
    except (ValueError, RecursionError):
        start = value[:60] if isinstance(value, str) else bytes(value[:60]).decode(errors="replace")
        yield Bad(f"{short_json(start)} is not JSON", position.at)
        return
    yield from _parse_value(content, position.child(":"))


def _parse_object(value: JsonObject, position: Position) -> Iterator[Outcome]:
    list_field = next((name for name in LIST_FIELDS if name in value), None)
    if is_event_record(value):
        yield _read(
            lambda: read_event_record(value, position.cloud_event, keys_encoded=position.keys_encoded), position
        )
    elif list_field is not None:
        yield from _parse_list(value[list_field], position.child(f".{list_field}"))
    elif "specversion" in value:
        yield from _parse_value(value.get("data") or {}, replace(position.child(".data"), cloud_event=value))
    elif notification := _find_notification(value):
        yield from _parse_notification(*notification, position)
    elif "bucket" in value or "key" in value:
        yield _read(lambda: read_own_message(value), position)
    else:
        yield _unknown_object(value, position)


def _parse_list(value: Any, position: Position) -> Iterator[Outcome]:
    if isinstance(value, (list, tuple)):
        yield from _parse_value(value, position)
    else:
        yield Bad(f"{short_json(value)} is not a list", position.at)


def _find_notification(value: JsonObject) -> tuple[JsonObject, str, str] | None:
    """The SMN, SNS or SQS message in `value`, and the names of its type field (SQS: none) and its content field."""
    if isinstance(value.get("smn"), dict):
        return value["smn"], "type", "message"
    if isinstance(value.get("Sns"), dict):
        return value["Sns"], "Type", "Message"
    if "topic_urn" in value:
        return value, "type", "message"
    if "TopicArn" in value:
        return value, "Type", "Message"
    if "body" in value and ("messageId" in value or "eventSource" in value):
        return value, "", "body"
    return None


def _parse_notification(
    message: JsonObject, type_field: str, content_field: str, position: Position
) -> Iterator[Outcome]:
    """Only messages of type Notification carry events; subscription confirmations and unknown types do not."""
    message_type = message.get(type_field, "Notification")
    if isinstance(message_type, str) and message_type.casefold() == "notification":
        yield from _parse_value(message.get(content_field), position.child(f".{content_field}"))
    else:
        yield Ignored(f"a message of type {short_json(message_type)}", position.at)


def _read(read: Callable[[], Outcome], position: Position) -> Outcome:
    try:
        return read()
    except MalformedRecord as error:
        return Bad(str(error), position.at)


def _unknown_object(value: JsonObject, position: Position) -> Outcome:
    """At the top it may be a test notification, whose form is not documented. Among records it is a broken record."""
    if position.cloud_event is not None and position.cloud_event.get("source") != OBS_SOURCE:
        return Ignored(f"an event of {short_json(position.cloud_event.get('source'))}", position.at)
    if position.in_list or position.cloud_event is not None:
        return Bad(f"{short_json(value)} has neither `obs` nor `s3`", position.at)
    return Ignored(f"{short_json(value)} has no records; it may be a test notification", position.at)
