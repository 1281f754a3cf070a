"""The contract of the port Objects, for OBS (the simulator) and for the fake in memory."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.ports import ObjectChanged, Objects, ObjectsRefused, ObjectsUnavailable
from imagedrop_local.faults import Fault
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.memory import MemoryObjects, RecordedSleep, SettableClock, memory_settings
from tests.contract.clouds import KEYS, Cloud, cloud_in
from tests.support.service_calls import quick_calls

SPECIAL_KEYS = [
    "a b+c%2F%.vhd",
    "窗/一 二.vhd",
    "q?x=1&y#z.vhd",
    "<&>'\";.vhd",
    "~!@$*()[]{}|^`\\.vhd",
    "a//b.vhd",
    "é.vhd",
    "a=b,c:d",
]


@dataclass
class ObjectsHarness:
    objects: Objects
    create_bucket: Callable[[str, Any, str], None]
    page: int


def memory() -> ObjectsHarness:
    objects = MemoryObjects(SettableClock(), "drops", page=3)
    return ObjectsHarness(objects, objects.create_bucket, 3)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cloud, Any]]:
    """One cloud and one client for all tests of this file."""
    with cloud_in(tmp_path_factory.mktemp("cloud"), ImsSwitches()) as cloud:
        yield cloud, obs_client(cloud.settings(), lambda: KEYS)


@pytest.fixture
def cloud(shared: tuple[Cloud, Any]) -> Iterator[Cloud]:
    """The shared cloud, with an empty bucket and no faults."""
    yield shared[0]
    shared[0].faults.clear()
    for path in (shared[0].store.folder / "drops").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
def real(shared: tuple[Cloud, Any], cloud: Cloud) -> ObsObjects:
    return ObsObjects(shared[1], quick_calls())


def obs(cloud: Cloud, real: ObsObjects) -> ObjectsHarness:
    return ObjectsHarness(
        real, lambda name, kind, region: ignore_result(cloud.store.create_bucket(name, region, kind)), 3
    )


def ignore_result(_: object) -> None:
    pass


@pytest.fixture(params=["memory", "obs"])
def harness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ObjectsHarness:
    if request.param == "memory":
        return memory()
    monkeypatch.setattr("imagedrop.adapters.obs.objects.PAGE", 3)
    return obs(request.getfixturevalue("cloud"), request.getfixturevalue("real"))


@pytest.fixture
def objects(harness: ObjectsHarness) -> Objects:
    return harness.objects


def test_object_is_read_back_as_it_was_put(objects: Objects) -> None:
    objects.put("drops", "a/b.json", b"{}")
    head = objects.head("drops", "a/b.json")
    assert head is not None
    assert (head.key, head.size, head.etag) == ("a/b.json", 2, "99914b932bd37a50b983c5e7c90ae93b")
    assert objects.get("drops", "a/b.json", limit=100) == (head, b"{}")
    assert objects.list("drops").objects[0].last_modified == head.last_modified
    assert len(head.last_modified) == len("2026-11-24T13:00:00Z")


def test_missing_object_is_none(objects: Objects) -> None:
    assert objects.head("drops", "nothing") is None
    assert objects.get("drops", "nothing", limit=10) is None


def test_empty_object_is_found(objects: Objects) -> None:
    objects.put("drops", ".imagedrop/ended/x", b"", "application/octet-stream")
    got = objects.get("drops", ".imagedrop/ended/x", limit=10)
    assert got is not None
    assert (got[0].size, got[1]) == (0, b"")


def test_get_returns_no_more_than_its_limit(objects: Objects) -> None:
    objects.put("drops", "big", b"0123456789" * 1000)
    got = objects.get("drops", "big", limit=4)
    assert got is not None
    assert (got[0].size, got[1]) == (10_000, b"0123")


def test_ranges_are_read_exactly(objects: Objects) -> None:
    content = bytes(range(256)) * 40
    objects.put("drops", "disk", content)
    head = objects.head("drops", "disk")
    assert head is not None
    for offset, length in [(0, 1), (0, len(content)), (511, 513), (len(content) - 1, 1), (5, 0)]:
        assert objects.read("drops", "disk", head.etag, offset, length) == content[offset : offset + length]


@pytest.mark.parametrize(("offset", "length"), [(10, 1), (0, 11), (9, 2), (1000, 5)])
def test_range_past_the_end_raises_object_changed(objects: Objects, offset: int, length: int) -> None:
    objects.put("drops", "disk", b"0123456789")
    head = objects.head("drops", "disk")
    assert head is not None
    with pytest.raises(ObjectChanged):
        objects.read("drops", "disk", head.etag, offset, length)


def test_replaced_object_raises_object_changed(objects: Objects) -> None:
    objects.put("drops", "disk", b"old content")
    head = objects.head("drops", "disk")
    objects.put("drops", "disk", b"new content")
    assert head is not None
    with pytest.raises(ObjectChanged):
        objects.read("drops", "disk", head.etag, 0, 3)


def test_deleted_object_raises_object_changed(objects: Objects) -> None:
    objects.put("drops", "disk", b"content")
    head = objects.head("drops", "disk")
    objects.delete("drops", "disk")
    assert head is not None
    with pytest.raises(ObjectChanged):
        objects.read("drops", "disk", head.etag, 0, 3)


def test_deleting_a_missing_object_is_no_error(objects: Objects) -> None:
    objects.delete("drops", "nothing")


@pytest.mark.parametrize("key", SPECIAL_KEYS)
def test_keys_with_special_characters_work(objects: Objects, key: str) -> None:
    objects.put("drops", key, b"x")
    head = objects.head("drops", key)
    assert head is not None
    assert objects.read("drops", key, head.etag, 0, 1) == b"x"
    assert [head.key for head in objects.list("drops", prefix=key[:2]).objects] == [key]
    objects.delete("drops", key)
    assert objects.head("drops", key) is None


def test_listing_continues_after_the_last_page(harness: ObjectsHarness) -> None:
    keys = sorted([f"p/{number}" for number in range(4)] + ["p/a b", "p/é", "p/窗", "p/%2F"], key=str.encode)
    for key in [*keys, "o", "q"]:
        harness.objects.put("drops", key, b"")
    listed, pages, after = [], 0, None
    while True:
        listing = harness.objects.list("drops", "p/", after)
        assert len(listing.objects) <= harness.page
        listed += [head.key for head in listing.objects]
        pages, after = pages + 1, listing.after
        if after is None:
            break
    assert (listed, pages) == (keys, 3)


def test_listing_continues_after_a_key_that_was_deleted(harness: ObjectsHarness) -> None:
    for key in "abcdef":
        harness.objects.put("drops", key, b"")
    after = harness.objects.list("drops").after
    assert after == "c"
    harness.objects.delete("drops", "c")
    assert [head.key for head in harness.objects.list("drops", after=after).objects] == ["d", "e", "f"]


def test_empty_listing_has_no_next_page(objects: Objects) -> None:
    listing = objects.list("drops", "nothing/")
    assert (list(listing.objects), listing.after) == ([], None)


def test_bucket_has_a_storage_class_and_a_region(harness: ObjectsHarness) -> None:
    harness.create_bucket("cold-drops", "COLD", "cn-east-3")
    assert harness.objects.region("drops") == "cn-north-4"
    assert harness.objects.storage_class("drops") == "STANDARD"
    assert harness.objects.storage_class("cold-drops") not in (None, "STANDARD")


def test_missing_bucket_is_refused(objects: Objects) -> None:
    for call in (
        lambda: objects.get("nowhere", "k", limit=1),
        lambda: objects.put("nowhere", "k", b""),
        lambda: objects.list("nowhere"),
        lambda: objects.region("nowhere"),
    ):
        with pytest.raises(ObjectsRefused):
            call()


# --- only with OBS


@pytest.mark.parametrize("fault", ["status", "reset"])
def test_temporary_failure_is_retried(cloud: Cloud, real: ObsObjects, fault: str) -> None:
    real.put("drops", "k", b"content")
    cloud.faults.add(Fault(service="obs", times=2, fault=fault, status=503))
    head = real.head("drops", "k")
    assert head is not None
    cloud.faults.add(Fault(service="obs", call="GetObject", times=2, fault=fault, status=500))
    assert real.read("drops", "k", head.etag, 1, 3) == b"ont"


@pytest.mark.parametrize("fault", ["status", "reset"])
def test_read_that_keeps_failing_is_unavailable_after_three_attempts(
    shared: tuple[Cloud, Any], cloud: Cloud, fault: str
) -> None:
    sleep = RecordedSleep()
    objects = ObsObjects(shared[1], quick_calls(sleep))
    cloud.faults.add(Fault(service="obs", fault=fault, status=503))
    for call in (
        lambda: objects.head("drops", "k"),
        lambda: objects.get("drops", "k", limit=1),
        lambda: objects.read("drops", "k", "e", 0, 1),
        lambda: objects.list("drops"),
    ):
        sleep.slept.clear()
        with pytest.raises(ObjectsUnavailable):
            call()
        assert len(sleep.slept) == 2
        assert 0 < sum(sleep.slept) < 10


@pytest.mark.parametrize(("fault", "status", "puts"), [("reset", 503, 1), ("status", 500, 1), ("status", 429, 3)])
def test_write_is_repeated_only_if_obs_has_surely_not_taken_it(
    shared: tuple[Cloud, Any], cloud: Cloud, fault: str, status: int, puts: int
) -> None:
    objects = ObsObjects(shared[1], quick_calls())
    before = cloud.faults.calls["obs.PutObject"]
    cloud.faults.add(Fault(service="obs", call="PutObject", fault=fault, status=status))
    with pytest.raises(ObjectsUnavailable):
        objects.put("drops", "k", b"")
    assert cloud.faults.calls["obs.PutObject"] - before == puts


def test_refused_connection_is_unavailable(cloud: Cloud) -> None:
    settings = cloud.settings(obs_endpoint="http://127.0.0.1:9")
    with pytest.raises(ObjectsUnavailable):
        ObsObjects(obs_client(settings, lambda: KEYS), quick_calls()).head("drops", "k")


def test_wrong_keys_are_refused_without_a_retry(cloud: Cloud) -> None:
    sleep, wrong = RecordedSleep(), dataclasses.replace(KEYS, sk="wrong")
    objects = ObsObjects(obs_client(cloud.settings(), lambda: wrong), quick_calls(sleep))
    with pytest.raises(ObjectsRefused, match="SignatureDoesNotMatch"):
        objects.put("drops", "k", b"")
    with pytest.raises(ObjectsRefused):
        objects.head("drops", "k")
    assert sleep.slept == []


def test_rotated_keys_are_read_again_once(cloud: Cloud) -> None:
    keys = [dataclasses.replace(KEYS, sk="old")]

    def renew() -> bool:
        changed = keys[0] != KEYS
        keys[0] = KEYS
        return changed

    objects = ObsObjects(obs_client(cloud.settings(), lambda: keys[0]), quick_calls(), renew)
    objects.put("drops", "k", b"x")
    assert objects.head("drops", "k") is not None


def test_body_is_stored_without_chunk_framing(cloud: Cloud, real: ObsObjects) -> None:
    real.put("drops", "k", b"just this")
    with cloud.store.open("drops", "k") as stored:
        assert stored.read() == b"just this"


def test_bucket_of_the_obs_domain_is_in_the_host_name() -> None:
    client = obs_client(memory_settings(), lambda: KEYS)
    url = client.generate_presigned_url("get_object", {"Bucket": "drops", "Key": "k"})
    assert url.startswith("https://drops.obs.cn-north-4.myhuaweicloud.com/k?")
