"""From a body to its records: every envelope that an OBS event may travel in is taken off, in any order.

| envelope                            | known by                      | goes on in                  |
| ----------------------------------- | ----------------------------- | --------------------------- |
| OBS 3.0, S3 2.x, SQS, SNS, Lambda   | Records, record, records      | each item                   |
| Kafka on FunctionGraph              | messages                      | each item                   |
| CloudEvents (EventGrid)             | specversion                   | data                        |
| SMN push                            | topic_urn                     | message (JSON text)         |
| SMN record on FunctionGraph         | smn                           | smn.message                 |
| SNS notification, SNS record        | TopicArn, Sns                 | Message, Sns.Message        |
| SQS record                          | body, with messageId          | body (JSON text)            |
| our own message                     | bucket, key                   | -                           |
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from imagedrop.events.outcome import Bad, Ignored, Outcome
from imagedrop.events.records import JsonObject, is_event_record, read_event_record, read_own_message
from imagedrop.events.text import MalformedRecord, short_json

DEPTH = 16  # levels of envelopes and lists; OBS in EventGrid in SMN in SNS in SQS has 11
LIMIT = 1_000  # records in one body
LIST_FIELDS = ("Records", "record", "records", "messages")
OBS_SOURCE = "HC.OBS.DWR"


def parse(body: Any, *, keys_encoded: bool) -> list[Outcome]:
    """What `body` (text, bytes or parsed JSON) holds, in its order, never nothing and never an exception.

    `keys_encoded`: whether object keys inside CloudEvents are URL-encoded, which each subscription decides for itself.
    """
    found = list(islice(_walk(body, Position(keys_encoded)), LIMIT + 1))
    if len(found) > LIMIT:
        found[LIMIT] = Bad(f"more than {LIMIT} records in one body; the rest of them was not read")
    return found or [Ignored("it holds no records")]


@dataclass(frozen=True, slots=True)
class Position:
    """Where in the body we are, and the CloudEvents envelope that is nearest outside."""

    keys_encoded: bool
    path: tuple[str, ...] = ()
    cloud_event: JsonObject | None = None

    def into(self, step: str) -> Position:
        return replace(self, path=(*self.path, step))

    @property
    def at(self) -> str:
        return "".join(self.path)

    @property
    def in_list(self) -> bool:
        return bool(self.path) and self.path[-1].startswith("[")


def _walk(value: Any, place: Position) -> Iterator[Outcome]:
    if len(place.path) > DEPTH:
        yield Bad(f"nested more than {DEPTH} levels deep", place.at)
    elif isinstance(value, (str, bytes, bytearray)):
        yield from _text(value, place)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _walk(item, place.into(f"[{index}]"))
    elif isinstance(value, dict):
        yield from _envelope(value, place)
    else:
        yield Bad(f"{short_json(value)} is no event", place.at)


def _text(value: str | bytes | bytearray, place: Position) -> Iterator[Outcome]:
    try:
        whole = value if isinstance(value, str) else value.decode("utf-8-sig")
        inner = json.loads(whole)
    except (ValueError, RecursionError):
        start = value[:60] if isinstance(value, str) else bytes(value[:60]).decode(errors="replace")
        yield Bad(f"{short_json(start)} is no JSON", place.at)
        return
    yield from _walk(inner, place.into(":"))


def _envelope(value: JsonObject, place: Position) -> Iterator[Outcome]:
    name = next((name for name in LIST_FIELDS if name in value), None)
    if is_event_record(value):
        yield _record(value, place)
    elif name is not None:
        yield from _items(value[name], place.into(f".{name}"))
    elif "specversion" in value:
        inside = replace(place.into(".data"), cloud_event=value)
        yield from _walk(value.get("data") or {}, inside)
    elif inner := _message(value):
        yield from _letter(*inner, place)
    elif "bucket" in value or "key" in value:
        yield _ours(value, place)
    else:
        yield _unknown(value, place)


def _items(value: Any, place: Position) -> Iterator[Outcome]:
    if isinstance(value, (list, tuple)):
        yield from _walk(value, place)
    else:
        yield Bad(f"{short_json(value)} is no list", place.at)


def _message(value: JsonObject) -> tuple[JsonObject, str, str] | None:
    """The envelope of SMN, SNS or SQS, and the fields that hold its type and its content."""
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


def _letter(letter: JsonObject, kind: str, content: str, place: Position) -> Iterator[Outcome]:
    """Only notifications carry events: confirmations and kinds to come are no concern of the drops."""
    said = letter.get(kind, "Notification")
    if isinstance(said, str) and said.casefold() == "notification":
        yield from _walk(letter.get(content), place.into(f".{content}"))
    else:
        yield Ignored(f"a message of type {short_json(said)}", place.at)


def _record(value: JsonObject, place: Position) -> Outcome:
    try:
        return read_event_record(value, place.cloud_event, keys_encoded=place.keys_encoded)
    except MalformedRecord as fault:
        return Bad(str(fault), place.at)


def _ours(value: JsonObject, place: Position) -> Outcome:
    try:
        return read_own_message(value)
    except MalformedRecord as fault:
        return Bad(str(fault), place.at)


def _unknown(value: JsonObject, place: Position) -> Outcome:
    """On its own it may be a test notification, whose form is nowhere written; among records it is a broken one."""
    if place.cloud_event is not None and place.cloud_event.get("source") != OBS_SOURCE:
        return Ignored(f"an event of {short_json(place.cloud_event.get('source'))}", place.at)
    if place.in_list or place.cloud_event is not None:
        return Bad(f"{short_json(value)} has neither `obs` nor `s3`", place.at)
    return Ignored(f"{short_json(value)} holds no records; perhaps a test notification", place.at)
