"""Any input has valid outcomes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus

from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.events import MAX_RECORDS, Bad, Ignored, ObjectCreated, parse

FIELD_NAMES = [
    *("Records", "record", "messages", "obs", "s3", "bucket", "object", "key", "name", "eTag", "size", "eventName"),
    *("eventTime", "responseElements", "specversion", "data", "source", "time", "type", "topic_urn", "message", "smn"),
    *("TopicArn", "Message", "Sns", "body", "messageId", "after_attempt", "x-obs-request-id"),
]
TEXTS = st.text(st.characters(), max_size=10) | st.sampled_from(
    ["HC.OBS.DWR", "Notification", "ObjectCreated:Put", "%"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELD_NAMES) | TEXTS, inner, max_size=3)
        | inner.map(json.dumps)
    ),
    max_leaves=8,
)
LIKELY = st.dictionaries(st.sampled_from(FIELD_NAMES), JSON, max_size=3)  # documents of an event's fields


@settings(max_examples=300, deadline=None)
@given(body=JSON | LIKELY, keys_encoded=st.booleans())
def test_any_json_gives_outcomes_and_no_exception(body: Any, keys_encoded: bool) -> None:
    outcomes = parse(body, keys_encoded=keys_encoded)
    assert 1 <= len(outcomes) <= MAX_RECORDS + 1
    for outcome in outcomes:
        assert isinstance(outcome, (ObjectCreated, Ignored, Bad))
        if isinstance(outcome, ObjectCreated):
            json.dumps({"bucket": outcome.bucket, "key": outcome.key}, ensure_ascii=False).encode()


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_or_text_give_outcomes_and_no_exception(body: str | bytes) -> None:
    assert parse(body, keys_encoded=True)


@settings(max_examples=150, deadline=None)
@given(key=st.text(st.characters(codec="utf-8") | st.sampled_from("+% /&中"), min_size=1, max_size=60))
def test_any_key_is_read_unchanged_from_every_envelope(key: str) -> None:
    def obs(written_key: str) -> dict[str, Any]:
        return {"eventName": "ObjectCreated:Put", "obs": {"bucket": {"name": "b"}, "object": {"key": written_key}}}

    encoded = quote_plus(key)
    cloud = {"specversion": "1.0", "source": "HC.OBS.DWR", "type": "OBS:DWR:ObjectCreated:PUT"}
    s3 = {"Records": [{"eventName": "s3:ObjectCreated:Put", "s3": obs(encoded)["obs"]}]}
    smn = {"type": "Notification", "topic_urn": "t", "message": json.dumps({"Records": [obs(encoded)]})}
    sqs = {"Records": [{"messageId": "1", "body": json.dumps(smn)}]}
    for body, keys_encoded in [
        ({"Records": [obs(encoded)]}, False),
        (s3, False),
        (smn, False),
        (sqs, False),
        ({**cloud, "data": obs(encoded)}, True),
        ({**cloud, "data": obs(key)}, False),
        ({"bucket": "b", "key": key}, True),
    ]:
        assert parse(body, keys_encoded=keys_encoded) == [ObjectCreated("b", key)]
