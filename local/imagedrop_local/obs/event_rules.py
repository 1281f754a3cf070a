"""Event rules of a bucket: parsed from XML, checked, matched (OBS API: configuring event notification for a bucket)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from itertools import combinations
from xml.etree.ElementTree import Element as Node

from imagedrop_local.obs import xml
from imagedrop_local.obs.dialect import Dialect
from imagedrop_local.obs.model import EventRule, StoreError

EVENTS = {
    "ObjectCreated": ("Put", "Post", "Copy", "CompleteMultipartUpload"),
    "ObjectRemoved": ("Delete", "DeleteMarkerCreated"),
}
MAX_RULES = 100
MAX_BODY = 100 << 10
MAX_VALUE = 1024

_TOPIC = re.compile(r"urn:smn:([^:]+):([^:]+):([A-Za-z0-9_-]+)")


def read(body: bytes, region: str, known_topic: Callable[[str], bool]) -> tuple[EventRule, ...]:
    """Raises StoreError: InvalidArgument, MalformedXML."""
    tree = xml.read(body, "NotificationConfiguration")
    if any(node.tag != "TopicConfiguration" for node in tree):
        raise StoreError("InvalidArgument", "only TopicConfiguration, with an SMN topic, is supported")
    rules = tuple(_rule(node) for node in tree)
    if len(rules) > MAX_RULES:
        raise StoreError("InvalidArgument", f"{len(rules)} rules, at most {MAX_RULES}")
    for rule in rules:
        _check_topic(rule.topic, region, known_topic)
    if len({rule.id for rule in rules}) < len(rules):
        raise StoreError("InvalidArgument", "two rules have the same Id")
    for first, second in combinations(rules, 2):
        if overlap(first, second):
            raise StoreError("InvalidArgument", f"the rules {first.id} and {second.id} overlap")
    return rules


def _rule(node: Node) -> EventRule:
    events = tuple((event.text or "").strip().removeprefix("s3:") for event in node.findall("Event"))
    unsupported = [event for event in events if not _expand(event)]
    if not events or unsupported:
        raise StoreError(
            "InvalidArgument", f"unsupported events {unsupported}" if unsupported else "a rule names no event"
        )
    values = {"prefix": "", "suffix": ""}
    for kind in ("S3Key", "Object"):
        for rule in node.findall(f"Filter/{kind}/FilterRule"):
            name, value = (rule.findtext("Name") or "").strip().lower(), rule.findtext("Value") or ""
            if name not in values or len(value) > MAX_VALUE:
                raise StoreError(
                    "InvalidArgument", f"a FilterRule has Name prefix or suffix, Value at most {MAX_VALUE}"
                )
            values[name] = value
    topic = (node.findtext("Topic") or "").strip()
    return EventRule(id=node.findtext("Id") or secrets.token_hex(16), topic=topic, events=events, **values)


def _check_topic(topic: str, region: str, known_topic: Callable[[str], bool]) -> None:
    match = _TOPIC.fullmatch(topic)
    if not match:
        raise StoreError("InvalidArgument", f"the topic {topic!r} is not urn:smn:<region>:<project id>:<name>")
    if match[1] != region:
        raise StoreError("InvalidArgument", f"the topic is in {match[1]}, the bucket in {region}")
    if not known_topic(topic):
        raise StoreError("InvalidArgument", f"the topic {topic} does not exist or is not authorized")


def _expand(event: str) -> frozenset[str]:
    group, _, kind = event.partition(":")
    return frozenset(f"{group}:{known}" for known in EVENTS.get(group, ()) if kind in ("*", known))


def matches(rule: EventRule, event: str, key: str) -> bool:
    """`event` like `ObjectCreated:Put`."""
    wanted = any(event in _expand(rule_event) for rule_event in rule.events)
    return wanted and key.startswith(rule.prefix) and key.endswith(rule.suffix)


def overlap(first: EventRule, second: EventRule) -> bool:
    """Whether some key and event could match both."""
    events = [frozenset().union(*map(_expand, rule.events)) for rule in (first, second)]
    prefixes = first.prefix.startswith(second.prefix) or second.prefix.startswith(first.prefix)
    suffixes = first.suffix.endswith(second.suffix) or second.suffix.endswith(first.suffix)
    return bool(events[0] & events[1]) and prefixes and suffixes


def write(rules: tuple[EventRule, ...], dialect: Dialect) -> bytes:
    """The XML that `read` parses; in S3's dialect the events start with `s3:`."""
    return xml.write(
        "NotificationConfiguration", [("TopicConfiguration", list(_elements(rule, dialect))) for rule in rules]
    )


def _elements(rule: EventRule, dialect: Dialect) -> Iterator[xml.Element]:
    is_obs = dialect.name == "obs"
    yield "Id", rule.id
    values = [(name, value) for name, value in (("prefix", rule.prefix), ("suffix", rule.suffix)) if value]
    if values:
        filters: list[xml.Element] = [("FilterRule", (("Name", name), ("Value", value))) for name, value in values]
        yield "Filter", (("Object" if is_obs else "S3Key", filters),)
    yield "Topic", rule.topic
    for event in rule.events:
        yield "Event", event if is_obs else f"s3:{event}"
