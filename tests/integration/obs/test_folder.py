"""The folder: files that are copied and removed, and what survives a restart."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagedrop_local.obs.model import Attributes, EventRule
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches
from tests.support.waiting import until

TOPIC = "urn:smn:cn-north-4:project:drops"


def set_rule(cloud: Any) -> None:
    info = cloud.store.create_bucket("drops")
    rule = EventRule(id="r", topic=TOPIC, events=("ObjectCreated:*",))
    cloud.store.change_bucket(info.model_copy(update={"rules": (rule,)}))


def event_keys(cloud: Any) -> list[str]:
    return [json.loads(message)["Records"][0]["obs"]["object"]["key"] for _, message in cloud.messages]


def test_a_copied_file_is_an_object_until_it_is_removed(cloud: Any, s3: Any) -> None:
    path = cloud.folder / "drops" / "in" / "disk.vhd"
    path.parent.mkdir()
    path.write_bytes(b"copied")
    head = s3.head_object(Bucket="drops", Key="in/disk.vhd")
    assert head["ETag"] == f'"{hashlib.md5(b"copied").hexdigest()}"'
    assert [item["ETag"] for item in s3.list_objects_v2(Bucket="drops")["Contents"]] == [head["ETag"]]
    path.unlink()
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket="drops", Key="in/disk.vhd")


def test_a_folder_with_a_valid_name_is_a_bucket(cloud: Any, s3: Any) -> None:
    (cloud.folder / "by-hand").mkdir()
    (cloud.folder / "Not A Bucket").mkdir()
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["by-hand", "drops"]


def test_a_small_file_that_is_changed_quickly_gets_a_new_etag(cloud: Any, s3: Any) -> None:
    path = cloud.folder / "drops" / "k"
    etags = set()
    for content in (b"one", b"two", b"six"):
        path.write_bytes(content)
        etags.add(s3.head_object(Bucket="drops", Key="k")["ETag"])
    assert len(etags) == 3


def test_the_etag_of_a_large_file_changes_only_with_the_file(cloud: Any, s3: Any) -> None:
    path = cloud.folder / "drops" / "big.raw"
    with path.open("wb") as file:
        file.truncate(20 << 20)
    first = s3.head_object(Bucket="drops", Key="big.raw")["ETag"]
    assert s3.head_object(Bucket="drops", Key="big.raw")["ETag"] == first
    os.utime(path, ns=(0, 1))
    assert s3.head_object(Bucket="drops", Key="big.raw")["ETag"] != first


def test_a_copied_file_does_not_inherit_the_attributes_of_the_replaced_object(cloud: Any, s3: Any) -> None:
    s3.put_object(Bucket="drops", Key="k", Body=b"one", Metadata={"owner": "me"}, StorageClass="STANDARD_IA")
    (cloud.folder / "drops" / "k").write_bytes(b"two!")
    head = s3.head_object(Bucket="drops", Key="k")
    assert (head["ContentLength"], head["Metadata"], "StorageClass" in head) == (4, {}, False)


def test_links_out_of_the_buckets_are_ignored(cloud: Any, s3: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (cloud.folder / "drops" / "dir").symlink_to(outside)
    (cloud.folder / "drops" / "image.raw").symlink_to(outside / "secret")
    (cloud.folder / "drops" / "circle.raw").symlink_to("circle.raw")
    (cloud.folder / "drops" / "real.raw").write_bytes(b"real")
    (cloud.folder / "drops" / "same.raw").symlink_to("real.raw")
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="drops")["Contents"]] == ["real.raw", "same.raw"]
    assert cloud.store.count("drops") == 2
    for key in ("dir/secret", "image.raw", "circle.raw"):
        with pytest.raises(ClientError, match="404"):
            s3.head_object(Bucket="drops", Key=key)
        with pytest.raises(ClientError, match="NoSuchKey"):
            s3.get_object(Bucket="drops", Key=key)
    assert s3.get_object(Bucket="drops", Key="same.raw")["Body"].read() == b"real"
    s3.put_object(Bucket="drops", Key="dir/new", Body=b"x")
    s3.put_object(Bucket="drops", Key="image.raw", Body=b"y")
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"secret": b"secret"}


def test_objects_and_rules_survive_a_restart(cloud: Any, launch: Any, s3: Any) -> None:
    s3.put_object(
        Bucket="drops", Key="k", Body=b"one", Metadata={"owner": "me"}, ContentType="x/y", StorageClass="STANDARD_IA"
    )
    s3.put_object(Bucket="drops", Key="dir/", Body=b"")
    set_rule(cloud)
    before = s3.head_object(Bucket="drops", Key="k"), s3.list_objects_v2(Bucket="drops")["Contents"]
    cloud.stop()
    restarted = launch()
    client = restarted.client()
    after = client.head_object(Bucket="drops", Key="k"), client.list_objects_v2(Bucket="drops")["Contents"]
    for answer in (before[0], after[0]):
        del answer["ResponseMetadata"]
    assert after == before
    assert [rule.topic for rule in restarted.store.bucket("drops").rules] == [TOPIC]


def test_an_interrupted_put_leaves_the_old_object(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create_bucket("drops")
    store.put("drops", "k", b"old", Attributes(metadata={"version": "1"}))

    def broken() -> Any:
        yield b"new"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.put("drops", "k", broken(), Attributes(metadata={"version": "2"}))
    stored, file = store.open_object("drops", "k")
    with file:
        assert (file.read(), stored.attributes.metadata) == (b"old", {"version": "1"})
    assert list(store.metadata.temporary.iterdir()) == []


def test_a_copied_file_sends_one_event_when_it_stops_growing(launch: Any) -> None:
    cloud = launch(poll_interval=1000)
    set_rule(cloud)
    check = cloud.obs.check_folder  # called here, because the interval of 1,000 s keeps the thread idle
    check()
    path = cloud.folder / "drops" / "disk.raw"
    path.write_bytes(b"half")
    check()
    path.write_bytes(b"half and half")
    check()
    assert cloud.messages == []
    check()
    check()
    until(lambda: cloud.messages)
    assert event_keys(cloud) == ["disk.raw"]


def test_an_object_put_through_the_api_sends_only_one_event(launch: Any) -> None:
    cloud = launch(poll_interval=1000)
    set_rule(cloud)
    check = cloud.obs.check_folder
    check()
    cloud.client().put_object(Bucket="drops", Key="k", Body=b"one")
    (cloud.folder / "drops" / "copied").write_bytes(b"two")
    for _ in range(4):
        check()
    cloud.obs.stop()  # after all messages were sent
    assert sorted(event_keys(cloud)) == ["copied", "k"]


def test_copied_files_send_no_events_if_switched_off(launch: Any) -> None:
    cloud = launch(switches=ObsSwitches(obs_copied_in_events=False))
    set_rule(cloud)
    (cloud.folder / "drops" / "copied").write_bytes(b"two")
    assert cloud.obs._watcher is None
    cloud.obs.stop()  # after all messages were sent
    assert cloud.messages == []
    assert [stored.key for stored in cloud.store.list("drops").objects] == ["copied"]
