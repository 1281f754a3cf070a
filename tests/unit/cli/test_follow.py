"""Which result file `drop --wait` accepts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagedrop.domain import drop as drops
from imagedrop.ports import ObjectsUnavailable
from imagedrop_cli.follow import UploadedDrop, follow
from imagedrop_cli.output import CommandError
from imagedrop_local.memory.fake_clock import SettableClock
from imagedrop_local.memory.objects import MemoryObjects

KEY = "w.vhd"


class Bucket:
    def __init__(self) -> None:
        self.clock = SettableClock()
        self.objects = MemoryObjects(self.clock, "drops")

    def drop(self, image: bytes = b"image", sidecar: bytes = b"{}") -> UploadedDrop:
        heads = [self.objects.upload("drops", key, body) for key, body in ((KEY, image), (f"{KEY}.json", sidecar))]
        return UploadedDrop("drops", KEY, drops.drop_id("drops", KEY, heads[0].etag), *heads)

    def end(self, dropped: UploadedDrop, **fields: Any) -> dict[str, Any]:
        heads = (dropped.image, dropped.sidecar)
        versions = {head.key: {"etag": head.etag, "last_modified": head.last_modified} for head in heads}
        result = {"drop_id": dropped.drop_id, "stage": "registered", "versions": versions, **fields}
        self.objects.upload("drops", f"{KEY}.result.json", json.dumps(result).encode())
        return result

    def follow(self, dropped: UploadedDrop, *then: Any) -> dict[str, Any]:
        """`then`: called one by one, at each pause."""
        steps = iter(then)

        def sleep(seconds: float) -> None:
            self.clock.advance(seconds)
            next(steps)()

        return follow(self.objects, dropped, sleep)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def test_follow_returns_the_result_of_the_uploaded_files(bucket: Bucket) -> None:
    dropped = bucket.drop()
    assert bucket.follow(dropped, lambda: None, lambda: bucket.end(dropped))["stage"] == "registered"


def test_follow_ignores_results_of_earlier_attempts(bucket: Bucket) -> None:
    earlier = bucket.drop(sidecar=b"{1}")
    bucket.end(earlier, stage="rejected")
    bucket.clock.advance(5)
    dropped = bucket.drop(sidecar=b"{2}")
    # The new image with the old sidecar: rejected again, but before the new sidecar was uploaded.
    half = UploadedDrop("drops", KEY, dropped.drop_id, dropped.image, earlier.sidecar)
    steps = (lambda: bucket.end(half, stage="rejected"), lambda: bucket.end(dropped, attempt=3))
    assert bucket.follow(dropped, *steps)["attempt"] == 3


def test_follow_ignores_the_result_of_an_earlier_upload_of_the_same_bytes(bucket: Bucket) -> None:
    bucket.end(bucket.drop(), attempt=1)
    bucket.clock.advance(5)
    dropped = bucket.drop()
    assert bucket.follow(dropped, lambda: bucket.end(dropped, attempt=2))["attempt"] == 2


def test_follow_ignores_a_result_that_is_not_json(bucket: Bucket) -> None:
    dropped = bucket.drop()
    bucket.objects.upload("drops", f"{KEY}.result.json", b"\xff{")
    assert bucket.follow(dropped, lambda: bucket.end(dropped))["drop_id"] == dropped.drop_id


def test_follow_stops_if_the_image_is_replaced_or_deleted(bucket: Bucket) -> None:
    dropped = bucket.drop()
    with pytest.raises(CommandError, match="was replaced"):
        bucket.follow(dropped, lambda: bucket.drop(image=b"other"))
    with pytest.raises(CommandError, match="was deleted"):
        bucket.follow(bucket.drop(), lambda: bucket.objects.delete("drops", KEY))


def test_follow_continues_after_obs_was_unavailable(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped, get, errors = bucket.drop(), bucket.objects.get, [ObjectsUnavailable("503")] * 2

    def get_after_errors(*arguments: Any, **options: Any) -> Any:
        if errors:
            raise errors.pop()
        return get(*arguments, **options)

    monkeypatch.setattr(bucket.objects, "get", get_after_errors)
    assert bucket.follow(dropped, lambda: None, lambda: bucket.end(dropped))["stage"] == "registered"
