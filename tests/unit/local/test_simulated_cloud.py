"""The start of the local stack waits until the intake has confirmed its subscription."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from imagedrop_local import simulated_cloud

URL = "http://127.0.0.1:1/intake"


class SlowCloud:
    """A cloud and a clock. The intake answers the request number `answered`, `delay` seconds after it."""

    def __init__(self, answered: int | None, delay: float) -> None:
        self.now, self.requests, self._answered, self._delay = 1000.0, list[float](), answered, delay

    def connect(self, cloud: Any, bucket: str, events: str, url: str, secret: str) -> str:
        assert (cloud, bucket, events, url, secret) == (self, "drops", "eventgrid-smn", URL, "word")
        self.requests.append(self.now)
        return "urn"

    def state(self) -> dict[str, Any]:
        answered = self._answered is not None and len(self.requests) >= self._answered
        confirmed = answered and self.now >= self.requests[(self._answered or 0) - 1] + self._delay
        subscription = {"subscription_urn": "urn", "status": "confirmed" if confirmed else "pending"}
        return {"subscriptions": [subscription], "pushes": {"waiting": 1, "retried": 6}}

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def connect(monkeypatch: pytest.MonkeyPatch, cloud: Any) -> float:
    """Seconds until it is connected."""
    monkeypatch.setattr(simulated_cloud, "connect", cloud.connect)
    began, log = cloud.now, Path("functions.log")
    simulated_cloud.connect_intake(
        cloud, "drops", "eventgrid-smn", URL, "word", log, clock=lambda: cloud.now, sleep=cloud.sleep
    )
    return float(cloud.now - began)


def test_intake_that_confirms_after_four_minutes_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connect(monkeypatch, SlowCloud(1, 240.0)) == pytest.approx(240, abs=0.1)


def test_intake_is_asked_again_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = SlowCloud(4, 0.0)
    assert connect(monkeypatch, cloud) == pytest.approx(90, abs=0.1)
    pauses = [later - earlier for earlier, later in itertools.pairwise(cloud.requests)]
    assert pauses == pytest.approx([30] * 3, abs=0.1)


def test_start_that_fails_says_what_it_has_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(simulated_cloud.SubscriptionNotConfirmed) as raised:
        connect(monkeypatch, SlowCloud(None, 0.0))
    for part in ("300 s", URL, "confirm its subscription", "1 waiting, 6 retried", "functions.log"):
        assert part in str(raised.value)
