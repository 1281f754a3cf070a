"""What a function has left behind, as one document in which only what must differ between two runs is masked."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imagedrop.adapters.dynamodb.items import JSON_ATTRIBUTES, from_dynamodb
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.workflow.bucket_records import end_markers
from tests.sam_local.world import FED, World

MOMENT = 2.0  # s; polls are put back for one at most, everything else for eight or more
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d(:\d\d(:\d\d)?)?(\.\d+)?(Z|\+00:00)?")
_ADDRESS = re.compile(r"http://[\d.]+:\d+")
_HEX = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_ID = re.compile(rf"(?<![0-9a-f]){_HEX}(?![0-9a-f])")
TIMED = ("note:pace", "note:pace.quick")  # how long jobs took, if that could be told
_VOLATILE = ("progress", "created_at", "expires")
_REVISION = re.compile(r'("revision\\*": ?"?)\d+')  # begins as a time; also in JSON inside of JSON
_PUSH = re.compile(r"note:push:[0-9a-f]{64}")  # a digest of a message id, which is made up for each


def left(world: World, function: str, given: Sequence[dict[str, Any]], answer: Any) -> dict[str, Any]:
    """Settles the records that the function was given, as its mapping would, and empties the queues."""
    calls = world.cloud.state()  # before anything else asks
    put_back = _settle(world, function, given, answer)
    found = {
        "answer": answer,
        "put back": put_back,
        "ledger": {item["pk"]: item for item in map(_row, map(from_dynamodb, world.items())) if item["pk"] not in TIMED},
        "queues": {name: [_parsed(body) for body in queue.drain()] for name, queue in world.queues.items()},
        "dead letters": {name: queue.drain() for name, queue in world.dead_letters.items()},
        "bucket": {_key(key): _content(body) for key, body in world.objects().items()},
        "topic": [_published(json.loads(body)) for body in world.caught.drain()],
        "mails": [
            {name: mail.get(name) for name in ("Source", "To", "Subject", "BodyText", "BodyHtml")}
            for mail in world.mails()
        ],
        "simulators": calls,
    }
    return masked(found)


def _settle(world: World, function: str, given: Sequence[dict[str, Any]], answer: Any) -> dict[str, int]:
    """How many messages were put back, and how many of them for long."""
    if not given:
        return {}
    queue = world.queues[FED[function]]
    failed = queue.settle(given, answer)
    if not failed:
        return {"messages": 0}
    time.sleep(MOMENT)
    long = queue.in_flight()
    if long:
        queue.show(failed)
    return {"messages": len(failed), "for long": long}


def _row(item: dict[str, Any]) -> dict[str, Any]:
    """As text the documents inside would hide where they differ; sets have no order."""
    shown = {name: sorted(value) if isinstance(value, set) else value for name, value in item.items()}
    return shown | {name: json.loads(item[name]) for name in JSON_ATTRIBUTES if name in item}


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _key(key: str) -> str:
    """A seal's name holds digests of times: what is left of them is whether each file was there (v) or absent (a)."""
    seal = end_markers.parse_end_marker(key) if key.startswith(END_MARKERS) else None
    if seal is None:
        return key
    drop_id, attempt, digests = seal
    return f"{END_MARKERS}{drop_id}/n{attempt}.{'.'.join(sorted(digest[0] for digest in digests))}"


def _content(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}!"


def _published(message: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {name: one["Value"] for name, one in message.get("MessageAttributes", {}).items()}
    return {"subject": message.get("Subject"), "message": _parsed(message["Message"]), "attributes": attributes}


# --- masks -------------------------------------------------------------------------------------------------------


def masked(found: Mapping[str, Any]) -> dict[str, Any]:
    """Times, addresses and random ids do not count; that the same id stands in two places does."""
    document = json.dumps(_steady(found), ensure_ascii=False, sort_keys=True, default=str)
    document = _ADDRESS.sub("<address>", _TIME.sub("<time>", document))
    document = _PUSH.sub("note:push:<a push>", _REVISION.sub(r"\g<1>0", document))
    seen: dict[str, str] = {}
    document = _ID.sub(lambda match: seen.setdefault(match[0].replace("-", ""), f"<id {len(seen) + 1}>"), document)
    made: dict[str, Any] = json.loads(document)
    return made


def _steady(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _steady(one) for name, one in value.items() if name not in _VOLATILE}
    return [_steady(one) for one in value] if isinstance(value, list | tuple) else value


# --- comparison --------------------------------------------------------------------------------------------------


def differences(stack: Any, container: Any, at: str = "") -> Iterator[str]:
    """One line for each place where the two documents differ."""
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


def compared(found: Mapping[str, Any]) -> str:
    """How much there was to compare, in words."""
    counts = {
        "row": len(found["ledger"]),
        "message": sum(map(len, found["queues"].values())),
        "object": len(found["bucket"]),
        "notice": len(found["topic"]) + len(found["mails"]),
        "call": sum(sum(calls.values()) for calls in found["simulators"]["calls"].values()),
    }
    return ", ".join(["answer", *(f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items() if count)])
