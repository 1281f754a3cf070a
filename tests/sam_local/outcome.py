"""The outcome of a function call as one document. Values that differ between any two runs are masked."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imagedrop.adapters.dynamodb.items import JSON_ATTRIBUTES, from_dynamodb
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.workflow import import_durations
from imagedrop.workflow.bucket_records import end_markers
from tests.sam_local.world import QUEUE_OF, World

SHORT_DELAY = 2.0  # s; polls are returned to the queue for at most 1 s, all others for at least 8 s
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d(:\d\d(:\d\d)?)?(\.\d+)?(Z|\+00:00)?")
_ADDRESS = re.compile(r"http://[\d.]+:\d+")
_HEX = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_ID = re.compile(rf"(?<![0-9a-f]){_HEX}(?![0-9a-f])")
_DURATIONS = f"note:{import_durations.NOTE}"  # the pk of the row with the durations of imports
_VOLATILE = ("progress", "created_at", "expires")
_REVISION = re.compile(r'("revision\\*": ?"?)\d+')  # its value looks like the start of a time; also in JSON inside JSON
_PUSH = re.compile(r"note:push:[0-9a-f]{64}")  # the digest of a random message id


def collect_outcome(world: World, function: str, records: Sequence[dict[str, Any]], answer: Any) -> dict[str, Any]:
    """Deletes or returns the records as the event source mapping would, and empties the queues."""
    calls = world.cloud.state()  # first, because the calls below count too
    returned = _return_failed(world, function, records, answer)
    outcome = {
        "answer": answer,
        "put back": returned,
        "ledger": {item["pk"]: item for item in map(_row, map(from_dynamodb, world.items()))},
        "queues": {name: [_parsed(body) for body in queue.drain()] for name, queue in world.queues.items()},
        "dead letters": {name: queue.drain() for name, queue in world.dead_letters.items()},
        "bucket": {_key(key): _content(body) for key, body in world.objects().items()},
        "topic": [_published(json.loads(body)) for body in world.notices.drain()],
        "mails": [
            {name: mail.get(name) for name in ("Source", "To", "Subject", "BodyText", "BodyHtml")}
            for mail in world.mails()
        ],
        "simulators": calls,
    }
    return masked(outcome)


def _return_failed(world: World, function: str, records: Sequence[dict[str, Any]], answer: Any) -> dict[str, int]:
    """The number of messages that were returned to the queue, and how many of them for long."""
    if not records:
        return {}
    queue = world.queues[QUEUE_OF[function]]
    failed = queue.apply_response(records, answer)
    if not failed:
        return {"messages": 0}
    time.sleep(SHORT_DELAY)
    for_long = queue.in_flight()
    if for_long:
        queue.make_visible(failed)
    return {"messages": len(failed), "for long": for_long}


def _row(item: dict[str, Any]) -> dict[str, Any]:
    """Parses the JSON inside a row, to show where it differs; sorts sets. Masks the durations of imports."""
    if item["pk"] == _DURATIONS:
        return {"pk": item["pk"], "imports": len(json.loads(item["note"])["seen"])}
    row = {name: sorted(value) if isinstance(value, set) else value for name, value in item.items()}
    return row | {name: json.loads(item[name]) for name in JSON_ATTRIBUTES if name in item}


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _key(key: str) -> str:
    """The name of an end marker contains digests of times. Keeps only whether each file was there (v) or absent (a)."""
    marker = end_markers.parse_end_marker(key) if key.startswith(END_MARKERS) else None
    if marker is None:
        return key
    drop_id, attempt, digests = marker
    return f"{END_MARKERS}{drop_id}/n{attempt}.{'.'.join(sorted(digest[0] for digest in digests))}"


def _content(body: bytes) -> Any:
    """The object's JSON or text, in which times are masked later, or its digest."""
    try:
        return _parsed(body.decode())
    except UnicodeDecodeError:
        return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}!"


def _published(message: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {name: attribute["Value"] for name, attribute in message.get("MessageAttributes", {}).items()}
    return {"subject": message.get("Subject"), "message": _parsed(message["Message"]), "attributes": attributes}


# --- masks -------------------------------------------------------------------------------------------------------


def masked(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Masks times, addresses and random ids. An id that occurs twice gets the same mask in both places."""
    document = json.dumps(_without_volatile(outcome), ensure_ascii=False, sort_keys=True, default=str)
    document = _ADDRESS.sub("<address>", _TIME.sub("<time>", document))
    document = _PUSH.sub("note:push:<a push>", _REVISION.sub(r"\g<1>0", document))
    ids: dict[str, str] = {}
    document = _ID.sub(lambda match: ids.setdefault(match[0].replace("-", ""), f"<id {len(ids) + 1}>"), document)
    masked_document: dict[str, Any] = json.loads(document)
    return masked_document


def _without_volatile(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _without_volatile(item) for name, item in value.items() if name not in _VOLATILE}
    return [_without_volatile(item) for item in value] if isinstance(value, list | tuple) else value


# --- comparison --------------------------------------------------------------------------------------------------


def differences(stack: Any, container: Any, at: str = "") -> Iterator[str]:
    """One line for each path at which the two documents differ."""
    if isinstance(stack, dict) and isinstance(container, dict):
        for name in sorted({*stack, *container}):
            yield from differences(stack.get(name, "-"), container.get(name, "-"), f"{at}/{name}")
    elif isinstance(stack, list) and isinstance(container, list) and len(stack) == len(container):
        for number, pair in enumerate(zip(stack, container, strict=True)):
            yield from differences(*pair, f"{at}/{number}")
    elif stack != container:
        yield f"{at}: stack {_shown(stack)}, container {_shown(container)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:250]


def summary(outcome: Mapping[str, Any]) -> str:
    """The numbers of compared items, as text."""
    counts = {
        "row": len(outcome["ledger"]),
        "message": sum(map(len, outcome["queues"].values())),
        "object": len(outcome["bucket"]),
        "notice": len(outcome["topic"]) + len(outcome["mails"]),
        "call": sum(sum(calls.values()) for calls in outcome["simulators"]["calls"].values()),
    }
    return ", ".join(["answer", *(f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items() if count)])
