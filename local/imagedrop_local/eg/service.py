"""EventGrid: passes events of OBS on to the targets of its subscriptions, and lists these over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from imagedrop_local.eg.subscriptions import HttpsTarget, Subscription, as_listed
from imagedrop_local.eg.switches import EgSwitches
from imagedrop_local.faults import Faults
from imagedrop_local.gateway import Gateway
from imagedrop_local.gateway.signed_service import SignedService
from imagedrop_local.http import Request, Response
from imagedrop_local.json_store import JsonStore
from imagedrop_local.obs import envelopes
from imagedrop_local.obs.envelopes import EventFormat
from imagedrop_local.obs.events import Publisher
from imagedrop_local.obs.model import ObjectEvent
from imagedrop_local.obs.store import Store
from imagedrop_local.pushes.delivery import Deliver, PushDelivery, PushPolicy, is_no_answer
from imagedrop_local.pushes.http_push import post


class EventGrid(SignedService):
    """Keeps its state in `folder` over restarts, waiting pushes included. `publish`: of SMN. Faults of pushes: call
    `Push`."""

    name = "eg"

    def __init__(
        self,
        store: Store,
        folder: Path,
        event_format: EventFormat,
        switches: EgSwitches,
        faults: Faults,
        publish: Publisher,
        credentials: Mapping[str, str],
        project_id: str,
        clock: Callable[[], datetime],
        deliver: Deliver = post,
        delivery_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`credentials`: access key -> secret key. `deliver` sends one push, `delivery_clock` (seconds) times the
        retries; see PushDelivery."""
        self._format, self._switches, self._publish = event_format, switches, publish
        self._subscriptions, self._lock = JsonStore(folder / "subscriptions"), threading.Lock()
        self._counts: Counter[str] = Counter()
        self._delivery = PushDelivery(
            JsonStore(folder / "pushes"),
            PushPolicy(
                "eg",
                switches.eg_push_timeout,
                switches.eg_retry_interval,
                switches.eg_attempts,
                _is_refused_or_unanswered if switches.eg_retries_refusals else is_no_answer,
            ),
            faults,
            deliver=deliver,
            clock=delivery_clock,
        )
        store.add_listener(self.on_object_event)
        calls = [("GET", "/v1/{project_id}/subscriptions", "ListSubscriptions", self._list)]
        super().__init__(Gateway(credentials, project_id, clock), calls, faults)

    def start(self) -> None:
        """Starts the delivery, also of pushes from an earlier process."""
        self._delivery.start()

    def stop(self) -> None:
        self._delivery.stop()

    def deliver_next(self) -> bool:
        """Attempts one due push without `start`; False if none is due."""
        return self._delivery.deliver_next()

    def subscribe(self, subscription: Subscription) -> None:
        """Creates the subscription, or replaces the one of this name."""
        with self._lock:
            self._subscriptions.put({"id": subscription.name, "subscription": subscription.model_dump()})

    def unsubscribe(self, name: str) -> None:
        with self._lock:
            self._subscriptions.delete(name)

    def subscriptions(self) -> list[Subscription]:
        with self._lock:
            return [Subscription.model_validate(document["subscription"]) for document in self._subscriptions]

    def _list(self, request: Request, _: bytes) -> Response:
        offset, limit = int(request.query.get("offset", 0)), int(request.query.get("limit", 15))
        found = self.subscriptions()
        page = [as_listed(subscription) for subscription in found[offset : offset + limit]]
        return Response.json(200, {"total": len(found), "size": len(page), "items": page})

    def state(self) -> dict[str, Any]:
        """For /_sim/state. Header values are secret."""
        shown = [subscription.model_dump(exclude={"target": {"headers"}}) for subscription in self.subscriptions()]
        return {"eventgrid": {"subscriptions": shown, "pushes": self._delivery.counts(), **self._counts}}

    def on_object_event(self, event: ObjectEvent) -> None:
        for subscription in self.subscriptions():
            if subscription.matches(event):
                self._send(subscription, envelopes.cloud_event(self._format, event, subscription.keys_encoded))

    def _send(self, subscription: Subscription, event: dict[str, Any]) -> None:
        target = subscription.target
        if isinstance(target, HttpsTarget):
            headers = dict(target.headers) if self._switches.eg_sends_headers else {}
            # CloudEvents, HTTP binding: structured content mode.
            headers["Content-Type"] = "application/cloudevents+json; charset=utf-8"
            self._delivery.send(target.url, headers, event, event=True)
            return
        text = json.dumps(event, ensure_ascii=False)
        try:
            self._publish(target.urn, json.dumps(text) if self._switches.eg_smn_message == "quoted" else text)
            self._counts["published"] += 1
        except Exception:  # noqa: BLE001 - the writer of the object must not see an error of the topic
            self._counts["refused"] += 1


def _is_refused_or_unanswered(status: int | None) -> bool:
    return status is None or status >= 400
