"""The EventGrid simulator without a socket: pushes are recorded in a list, and the test sets the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imagedrop_local.eg.service import EventGrid
from imagedrop_local.eg.subscriptions import HttpsTarget, SmnTarget, Subscription
from imagedrop_local.eg.switches import EgSwitches
from imagedrop_local.faults import Faults
from imagedrop_local.obs.envelopes import EventFormat
from imagedrop_local.obs.model import Attributes, Cause
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches

URL = "http://127.0.0.1:1/hook"
URN = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:drops"


@dataclass(frozen=True)
class Pushed:
    url: str
    body: Any
    headers: dict[str, str]
    seconds: float


class SimulatedEg:
    """EventGrid beside a bucket `drops`. `status`: the URL's answer; None: no answer. `published`: messages to SMN."""

    def __init__(self, folder: Path, **switches: Any) -> None:
        self.pushes: list[Pushed] = []
        self.published: list[tuple[str, str]] = []
        self.status: int | None = 200
        self.seconds = 0.0
        self.faults = Faults()
        self.store = Store(folder / "obs", "cn-north-4", lambda: datetime.now(UTC))
        self.store.create_bucket("drops")
        self.service = EventGrid(
            self.store,
            folder / "eg",
            EventFormat(ObsSwitches(), "cn-north-4"),
            EgSwitches(**switches),
            self.faults,
            lambda urn, message: self.published.append((urn, message)),
            {"key": "secret"},
            "project",
            lambda: datetime.now(UTC),
            deliver=self._deliver,
            delivery_clock=lambda: self.seconds,
        )

    def subscribe(self, target: HttpsTarget | SmnTarget, **more: Any) -> None:
        self.service.subscribe(Subscription(name="drops", bucket="drops", target=target, **more))

    def put(self, key: str, bucket: str = "drops") -> None:
        self.store.put(bucket, key, b"content", Attributes(), Cause("Put"))

    def deliver_due(self) -> int:
        """Sends all due pushes; returns their number."""
        count = 0
        while self.service.deliver_next():
            count += 1
        return count

    def _deliver(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int | None:
        self.pushes.append(Pushed(url, json.loads(body), dict(headers), seconds))
        return self.status
