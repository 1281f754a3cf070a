"""Single records and envelopes: which are accepted, ignored or bad."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagedrop.domain.object_keys import is_ours
from imagedrop.events import MAX_DEPTH, MAX_RECORDS, Bad, Ignored, ObjectCreated, parse


def record(key: Any = "a.vhd", bucket: Any = "drops", name: Any = "ObjectCreated:Put", **more: Any) -> dict[str, Any]:
    return {"eventName": name, "obs": {"bucket": {"name": bucket}, "object": {"key": key, **more}}}


def cloud(data: Any, **more: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "source": "HC.OBS.DWR", "type": "OBS:DWR:ObjectCreated:PUT", "data": data, **more}


def only(body: Any, *, keys_encoded: bool = True) -> Any:
    (outcome,) = parse(body, keys_encoded=keys_encoded)
    return outcome


@pytest.mark.parametrize(
    "name",
    [
        "ObjectCreated:Put",
        "s3:ObjectCreated:CompleteMultipartUpload",
        "ObjectCreated:*",
        "OBS:DWR:ObjectCreated:PUT",
        "ObjectCreated",
        "objectcreated:post",
        None,
        "",
    ],
)
def test_every_name_of_a_creation_event_is_recognized(name: str | None) -> None:
    assert only(record(name=name)) == ObjectCreated("drops", "a.vhd")


@pytest.mark.parametrize(
    "name", ["ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated", "s3:TestEvent", "NotObjectCreated:Put"]
)
def test_other_events_are_ignored(name: str) -> None:
    assert isinstance(only(record(name=name)), Ignored)


def test_record_with_only_bucket_and_key_is_accepted() -> None:
    assert only({"s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}) == ObjectCreated("b", "k")
    assert only({"obs": {"bucket": {"bucket": "b"}, "object": {"key": "k"}}}) == ObjectCreated("b", "k")


@pytest.mark.parametrize(
    ("key", "decoded"),
    [("a+b%2F%E4%B8%AD.json", "a b/中.json"), ("100%25.vhd", "100%.vhd"), ("a%2Bb", "a+b"), ("中 文.vhd", "中 文.vhd")],
)
def test_keys_of_obs_and_s3_records_are_always_decoded(key: str, decoded: str) -> None:
    for encoded in (True, False):
        assert only(record(key), keys_encoded=encoded).key == decoded


def test_keys_of_cloudevents_are_decoded_as_the_setting_says() -> None:
    assert only(cloud(record("a+b%2Fc")), keys_encoded=True).key == "a b/c"
    assert only(cloud(record("a+b%2Fc%")), keys_encoded=False).key == "a+b%2Fc%"


@pytest.mark.parametrize("key", ["50%.vhd", "a%2", "a%zz", "%C3%28", "%FF", "\ud800", "", None, 7, ["a"], "%20" * 1025])
def test_invalid_key_is_bad_with_a_reason_in_ascii(key: Any) -> None:
    outcome = only({"Records": [record(key)]})
    assert isinstance(outcome, Bad)
    assert outcome.at == ".Records[0]"
    assert "key" in outcome.reason
    outcome.reason.encode("ascii")  # readable in any log


@pytest.mark.parametrize(
    "broken",
    [
        {"obs": None},
        {"obs": {"bucket": {"name": "b"}}},
        {"obs": {"object": {"key": "k"}}},
        {"s3": {"bucket": "b", "object": {"key": "k"}}},
        record(bucket=""),
        record(name=5),
        {},
        None,
        1,
        "text",
    ],
)
def test_bad_record_does_not_affect_the_other_records(broken: Any) -> None:
    first, second, third = parse({"Records": [record("1"), broken, record("3")]}, keys_encoded=True)
    assert isinstance(second, Bad)
    assert second.at.startswith(".Records[1]")
    assert (first, third) == (ObjectCreated("drops", "1"), ObjectCreated("drops", "3"))


def test_invalid_etag_or_size_is_dropped() -> None:
    assert only(record(eTag='"abc-2"', size=5)).etag == "abc-2"
    assert only(record(eTag="", size=-1)) == ObjectCreated("drops", "a.vhd")
    assert only(record(eTag=[1], size=True)) == ObjectCreated("drops", "a.vhd")
    assert only(record(size=1e999)).size is None


@pytest.mark.parametrize(
    ("time", "taken"),
    [
        ("2026-09-30T03:24:43.167931174Z", "2026-09-30T03:24:43.167Z"),
        ("2026-09-30T11:24:43+08:00", "2026-09-30T03:24:43.000Z"),
        ("2026-09-30T03:24:43", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("yesterday", None),
        (0, None),
    ],
)
def test_time_is_converted_to_utc_and_dropped_without_a_zone(time: Any, taken: str | None) -> None:
    assert only({**record(), "eventTime": time}).time == taken


def test_time_of_a_cloudevent_comes_from_the_envelope() -> None:
    inside = {**record(), "eventTime": "2026-09-30T11:24:42.533Z"}
    assert only(cloud(inside, time="2026-09-30T03:24:43.167931174Z")).time == "2026-09-30T03:24:43.167Z"
    assert only(cloud(inside)).time is None


def test_data_of_a_cloudevent_may_be_a_list_or_text_without_an_event_name() -> None:
    nameless = record(name=None)
    assert len(parse(cloud([nameless, nameless]), keys_encoded=True)) == 2
    assert only(cloud(json.dumps(nameless))).key == "a.vhd"
    assert isinstance(only(cloud(nameless, type="OBS:DWR:ObjectRemoved:Delete")), Ignored)


def test_cloudevent_without_an_object_is_bad_from_obs_and_ignored_from_another_service() -> None:
    assert isinstance(only(cloud({"a": 1})), Bad)
    assert isinstance(only({"specversion": "1.0"}), Ignored)
    assert isinstance(only(cloud({"a": 1}, source="HC.ECS")), Ignored)


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "HttpSubscriptionUserConfirm", "Something new", 7, None])
def test_only_smn_messages_of_type_notification_are_read(kind: Any) -> None:
    message = {"topic_urn": "urn:smn:r:p:t", "message": json.dumps(record())}
    assert isinstance(only({**message, "type": kind}), Ignored)
    assert only({**message, "type": "Notification"}).key == "a.vhd"


def test_envelopes_may_be_nested_in_any_order() -> None:
    body: Any = {"topic_urn": "t", "type": "Notification", "message": json.dumps(cloud([record("deep")]))}
    body = {"TopicArn": "arn", "Type": "Notification", "Message": json.dumps(body)}
    body = {"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": json.dumps(body)}]}
    assert only(json.dumps(body).encode()).key == "deep"


@pytest.mark.parametrize(
    "body",
    [
        {"record": [{"smn": {"type": "notification", "topic_urn": "t", "message": json.dumps(record())}}]},
        {"records": [{"messages": [json.dumps(record())], "topic_id": "t"}]},
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Type": "Notification", "Message": json.dumps(record())}}]},
        b"\xef\xbb\xbf" + json.dumps(record()).encode(),
        json.dumps(json.dumps(record())),
        [[record()]],
    ],
)
def test_functiongraph_sns_and_unusual_envelopes_are_read(body: Any) -> None:
    assert only(body) == ObjectCreated("drops", "a.vhd")


def test_key_of_an_own_message_is_not_decoded() -> None:
    assert only({"bucket": "b", "key": "a+b%"}) == ObjectCreated("b", "a+b%")
    assert only({"bucket": "b", "key": "k", "after_attempt": 2}) == ObjectCreated("b", "k", after_attempt=2)
    assert isinstance(only({"bucket": "b"}), Bad)
    assert isinstance(only({"bucket": 1, "key": "k"}), Bad)


@pytest.mark.parametrize("body", [{}, [], {"Records": []}, {"Service": "OBS", "Event": "s3:TestEvent"}, "{}"])
def test_bodies_without_records_are_ignored(body: Any) -> None:
    assert isinstance(only(body), Ignored)


@pytest.mark.parametrize(
    "body", ["", "hello", b"\xff\xfe", None, 7, True, {"Records": {}}, {"Records": None}, "[" * 10**5]
)
def test_body_that_is_no_event_is_bad(body: Any) -> None:
    assert isinstance(only(body), Bad)


def test_records_over_the_limit_are_not_read_but_reported() -> None:
    outcomes = parse({"Records": [record(str(number)) for number in range(MAX_RECORDS + 5)]}, keys_encoded=True)
    assert len(outcomes) == MAX_RECORDS + 1
    assert all(isinstance(outcome, ObjectCreated) for outcome in outcomes[:MAX_RECORDS])
    assert isinstance(outcomes[MAX_RECORDS], Bad)


def test_exactly_the_maximum_number_of_records_is_read() -> None:
    outcomes = parse([record(str(number)) for number in range(MAX_RECORDS)], keys_encoded=True)
    assert {type(outcome) for outcome in outcomes} == {ObjectCreated}


def test_nesting_over_the_maximum_depth_is_bad() -> None:
    body: Any = record()
    for _ in range(MAX_DEPTH):
        body = [body]
    assert isinstance(only(body), ObjectCreated)
    assert isinstance(only([body]), Bad)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("a.vhd.result.json", True),
        ("x/y/a.vhd.result.json", True),
        (".imagedrop/abc.json", True),
        ("a.vhd.json", False),
        ("a.vhd", False),
        ("x.imagedrop/a.vhd", False),
        ("a.result.json.vhd", False),
    ],
)
def test_keys_that_imagedrop_writes_are_recognized(key: str, expected: bool) -> None:
    assert is_ours(key) is expected
