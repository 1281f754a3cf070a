"""Event rules and the messages that they send."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagedrop_local.faults import Fault
from imagedrop_local.obs.switches import ObsSwitches
from tests.support.waiting import until

TOPIC = "urn:smn:cn-north-4:project:drops"


def rule(
    name: str = "images", topic: str = TOPIC, events: Any = ("s3:ObjectCreated:*",), **filters: str
) -> dict[str, Any]:
    rules = [{"Name": key, "Value": value} for key, value in filters.items()]
    return {"Id": name, "TopicArn": topic, "Events": list(events), "Filter": {"Key": {"FilterRules": rules}}}


def configure(client: Any, *rules: dict[str, Any]) -> None:
    client.put_bucket_notification_configuration(
        Bucket="drops", NotificationConfiguration={"TopicConfigurations": list(rules)}
    )


@pytest.fixture
def quiet_cloud(launch: Any) -> Any:
    """A cloud that does not send the test message of a new rule."""
    cloud = launch(switches=ObsSwitches(obs_test_message=False))
    cloud.store.create_bucket("drops")
    return cloud


def records(cloud: Any) -> list[Any]:
    return [json.loads(message)["Records"][0] for _, message in cloud.messages]


def keys(cloud: Any) -> list[str]:
    return [record["obs"]["object"]["key"] for record in records(cloud)]


def test_a_rule_can_be_read_and_removed(quiet_cloud: Any) -> None:
    client = quiet_cloud.client()
    configure(client, rule(prefix="in/", suffix=".vhd"))
    found = client.get_bucket_notification_configuration(Bucket="drops")["TopicConfigurations"]
    assert found == [rule(prefix="in/", suffix=".vhd")]
    configure(client)
    assert "TopicConfigurations" not in client.get_bucket_notification_configuration(Bucket="drops")


def test_a_new_rule_sends_a_test_message_without_records(cloud: Any, s3: Any) -> None:
    configure(s3, rule())
    until(lambda: cloud.messages)
    assert cloud.messages[0][0] == TOPIC
    assert "Records" not in json.loads(cloud.messages[0][1])


@pytest.mark.parametrize(
    "rules",
    [
        [rule(events=["s3:ObjectRestore:Post"])],
        [rule(topic="arn:aws:sns:cn-north-4:1:drops")],
        [rule(topic="urn:smn:cn-south-1:project:drops")],
        [rule(topic="urn:smn:cn-north-4:project:none-such")],
        [rule("a", prefix="in/"), rule("b", prefix="in/deeper/")],
        [rule("a", suffix=".vhd"), rule("b", prefix="in/", events=["s3:ObjectCreated:Put"])],
        [rule("a", prefix="x"), rule("a", prefix="y")],
        [rule(prefix="x" * 1025)],
        [rule(str(number), prefix=f"{number:03}") for number in range(101)],
    ],
    ids=["event", "urn", "region", "topic", "prefixes", "overlap", "ids", "long", "many"],
)
def test_invalid_rules_are_refused(quiet_cloud: Any, rules: list[dict[str, Any]]) -> None:
    with pytest.raises(ClientError, match="InvalidArgument"):
        configure(quiet_cloud.client(), *rules)
    assert quiet_cloud.store.bucket("drops").rules == ()


def test_rules_that_do_not_overlap_are_accepted(quiet_cloud: Any) -> None:
    configure(
        quiet_cloud.client(),
        rule("a", prefix="in/", suffix=".vhd"),
        rule("b", prefix="in/", suffix=".json"),
        rule("c", prefix="in/", events=["s3:ObjectRemoved:Delete"]),
    )
    assert len(quiet_cloud.store.bucket("drops").rules) == 3


def test_only_matching_events_are_sent_with_the_name_of_their_call(quiet_cloud: Any) -> None:
    client = quiet_cloud.client()
    configure(client, rule(prefix="in/", suffix=".vhd"))
    client.put_object(Bucket="drops", Key="in/a b+ü.vhd", Body=b"one")
    client.put_object(Bucket="drops", Key="in/a.json", Body=b"two")
    client.put_object(Bucket="drops", Key="out/a.vhd", Body=b"three")
    client.copy_object(Bucket="drops", Key="in/copy.vhd", CopySource="drops/out/a.vhd")
    upload = client.create_multipart_upload(Bucket="drops", Key="in/big.vhd")["UploadId"]
    part = client.upload_part(Bucket="drops", Key="in/big.vhd", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    client.complete_multipart_upload(Bucket="drops", Key="in/big.vhd", UploadId=upload, MultipartUpload=parts)
    client.delete_object(Bucket="drops", Key="in/big.vhd")
    until(lambda: len(quiet_cloud.messages) == 3)
    assert [(record["eventName"], record["obs"]["object"]["key"]) for record in records(quiet_cloud)] == [
        ("ObjectCreated:Put", "in%2Fa+b%2B%C3%BC.vhd"),
        ("ObjectCreated:Copy", "in%2Fcopy.vhd"),
        ("ObjectCreated:CompleteMultipartUpload", "in%2Fbig.vhd"),
    ]
    first = records(quiet_cloud)[0]
    assert (first["eventSource"], first["eventVersion"], first["eventRegion"]) == ("OBS", "3.0", "cn-north-4")
    assert first["obs"]["object"]["size"] == 3
    assert first["obs"]["object"]["eTag"] in client.head_object(Bucket="drops", Key="in/a b+ü.vhd")["ETag"]


def test_a_refused_put_sends_no_event(quiet_cloud: Any) -> None:
    client = quiet_cloud.client()
    configure(client, rule())
    with pytest.raises(ClientError):
        client.put_object(Bucket="drops", Key="k", Body=b"one", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    client.put_object(Bucket="drops", Key="good", Body=b"one")
    until(lambda: quiet_cloud.messages)
    assert keys(quiet_cloud) == ["good"]


def sent_event(launch: Any, **switches: Any) -> Any:
    cloud = launch(switches=ObsSwitches(obs_test_message=False, **switches))
    cloud.store.create_bucket("drops")
    client = cloud.client()
    configure(client, rule())
    client.put_object(Bucket="drops", Key="in/a b.vhd", Body=b"one")
    until(lambda: cloud.messages)
    return json.loads(cloud.messages[0][1])


@pytest.mark.parametrize(("encoded", "key"), [(True, "in%2Fa+b.vhd"), (False, "in/a b.vhd")])
def test_envelope_b_has_the_s3_format(launch: Any, encoded: bool, key: str) -> None:
    record = sent_event(launch, obs_envelope="B", obs_event_keys_encoded=encoded)["Records"][0]
    assert (record["eventSource"], record["awsRegion"], record["s3"]["object"]["key"]) == ("aws:s3", "cn-north-4", key)
    assert "PrincipalId" in record["s3"]["bucket"]["ownerIdentity"]


@pytest.mark.parametrize(("encoded", "key"), [(True, "in%2Fa+b.vhd"), (False, "in/a b.vhd")])
@pytest.mark.parametrize(("local", "hours"), [(True, 8), (False, 0)])
def test_envelope_c_has_the_eventgrid_format(launch: Any, encoded: bool, key: str, local: bool, hours: int) -> None:
    event = sent_event(launch, obs_envelope="C", obs_event_keys_encoded=encoded, obs_event_time_local=local)
    assert (event["specversion"], event["type"]) == ("1.0", "OBS:DWR:ObjectCreated:PUT")
    data = event["data"]
    assert (data["obs"]["object"]["key"], data["obs"]["object"]["sequencer"]) == (key, "1")
    assert event["id"] == data["responseElements"]["x-obs-request-id"]
    assert len(event["time"].rpartition(".")[2]) == 10
    shift = datetime.fromisoformat(data["eventTime"]) - datetime.fromisoformat(event["time"][:26] + "Z")
    assert round(shift.total_seconds() / 3600) == hours


def keys_after_fault(launch: Any, fault: str, names: str, messages: int) -> list[str]:
    """The keys of the messages that arrive. All objects are put before the sender starts, so there is no pause."""
    cloud = launch(switches=ObsSwitches(obs_test_message=False), manual_start=True)
    cloud.store.create_bucket("drops")
    client = cloud.client()
    configure(client, rule())
    cloud.faults.add(Fault(service="obs", call="Event", times=1, fault=fault))
    for name in names:
        client.put_object(Bucket="drops", Key=name, Body=b"")
    cloud.obs.start()
    until(lambda: len(cloud.messages) >= messages)
    return keys(cloud)


def test_a_drop_fault_loses_an_event(launch: Any) -> None:
    assert keys_after_fault(launch, "drop", "ab", messages=1) == ["b"]


def test_a_duplicate_fault_sends_an_event_twice(launch: Any) -> None:
    assert keys_after_fault(launch, "duplicate", "ab", messages=3) == ["a", "a", "b"]


def test_a_reorder_fault_sends_an_event_after_the_next(launch: Any) -> None:
    assert keys_after_fault(launch, "reorder", "ab", messages=2) == ["b", "a"]


def test_a_reordered_event_without_a_successor_is_still_sent(launch: Any) -> None:
    assert keys_after_fault(launch, "reorder", "a", messages=1) == ["a"]
