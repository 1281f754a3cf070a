"""Which result file is the end of the drop that is followed."""

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

    def end(self, dropped: UploadedDrop, **more: Any) -> dict[str, Any]:
        heads = (dropped.image, dropped.sidecar)
        read = {head.key: {"etag": head.etag, "last_modified": head.last_modified} for head in heads}
        result = {"drop_id": dropped.drop_id, "stage": "registered", "versions": read, **more}
        self.objects.upload("drops", f"{KEY}.result.json", json.dumps(result).encode())
        return result

    def followed(self, dropped: UploadedDrop, *then: Any) -> dict[str, Any]:
        """`then`: what happens at each pause; after the last there is no other."""
        steps = iter(then)

        def sleep(seconds: float) -> None:
            self.clock.advance(seconds)
            next(steps)()

        return follow(self.objects, dropped, sleep)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def test_the_result_of_these_files_is_the_end(bucket: Bucket) -> None:
    dropped = bucket.drop()
    assert bucket.followed(dropped, lambda: None, lambda: bucket.end(dropped))["stage"] == "registered"


def test_results_of_earlier_attempts_are_passed_over(bucket: Bucket) -> None:
    earlier = bucket.drop(sidecar=b"{1}")
    bucket.end(earlier, stage="rejected")
    bucket.clock.advance(5)
    dropped = bucket.drop(sidecar=b"{2}")
    # The old sidecar with the new upload of the image: rejected once more, but that is not what was dropped.
    half = UploadedDrop("drops", KEY, dropped.drop_id, dropped.image, earlier.sidecar)
    steps = (lambda: bucket.end(half, stage="rejected"), lambda: bucket.end(dropped, attempt=3))
    assert bucket.followed(dropped, *steps)["attempt"] == 3


def test_the_same_bytes_dropped_again_are_another_attempt(bucket: Bucket) -> None:
    bucket.end(bucket.drop(), attempt=1)
    bucket.clock.advance(5)
    dropped = bucket.drop()
    assert bucket.followed(dropped, lambda: bucket.end(dropped, attempt=2))["attempt"] == 2


def test_a_result_that_is_no_json_is_waited_over(bucket: Bucket) -> None:
    dropped = bucket.drop()
    bucket.objects.upload("drops", f"{KEY}.result.json", b"\xff{")
    assert bucket.followed(dropped, lambda: bucket.end(dropped))["drop_id"] == dropped.drop_id


def test_somebody_else_s_drop_ends_the_following(bucket: Bucket) -> None:
    dropped = bucket.drop()
    with pytest.raises(CommandError, match="was replaced"):
        bucket.followed(dropped, lambda: bucket.drop(image=b"other"))
    with pytest.raises(CommandError, match="is gone"):
        bucket.followed(bucket.drop(), lambda: bucket.objects.delete("drops", KEY))


def test_a_silent_obs_is_waited_for(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped, get, silent = bucket.drop(), bucket.objects.get, [True, True]

    def seldom(*arguments: Any, **more: Any) -> Any:
        if silent and silent.pop():
            raise ObjectsUnavailable("503")
        return get(*arguments, **more)

    monkeypatch.setattr(bucket.objects, "get", seldom)
    assert bucket.followed(dropped, lambda: None, lambda: bucket.end(dropped))["stage"] == "registered"
