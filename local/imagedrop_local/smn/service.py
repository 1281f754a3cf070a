"""SMN over HTTP: one project's topics in one region, and the pushes to their subscribers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from imagedrop_local import gateway
from imagedrop_local.faults import Faults
from imagedrop_local.gateway import ApiError, Gateway
from imagedrop_local.http import Request, Response
from imagedrop_local.json_store import JsonStore
from imagedrop_local.pushes.delivery import Deliver, PushDelivery, PushPolicy
from imagedrop_local.pushes.http_push import post
from imagedrop_local.smn.blacklist import Blacklist
from imagedrop_local.smn.calls import ApiRequest, Call, Calls
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.smn.messages import MessageWriter
from imagedrop_local.smn.service_state import ServiceState
from imagedrop_local.smn.switches import SmnSwitches
from imagedrop_local.smn.topics import CONFIRMED, PENDING, TopicStore

MAX_ATTEMPTS = 7  # SMN FAQ: six retries on 5xx or no answer, none on 4xx
CERTIFICATE = "DownloadHttpCert"  # the call that fetches the certificate
_STATUS = {PENDING: "pending", CONFIRMED: "confirmed"}


class Smn:
    """Keeps its state in `folder` over restarts, waiting pushes included.

    `credentials`: access key -> secret key. `origin`: the URL of this service (`server.url`), from which certificates
    and confirmations are fetched; set it before the first message. Faults of pushes: call `Push`.
    """

    name = "smn"

    def __init__(
        self,
        folder: Path,
        credentials: Mapping[str, str],
        region: str,
        project_id: str,
        clock: Callable[[], datetime],
        switches: SmnSwitches,
        faults: Faults,
        deliver: Deliver = post,
        delivery_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deliver` sends one push, `delivery_clock` (seconds) times the retries; see PushDelivery."""
        self.origin = f"https://smn.{region}.myhuaweicloud.com"
        self._region, self._switches = region, switches
        self._gateway = Gateway(credentials, project_id, clock)
        self._certificate = Certificate(folder, region)
        self._delivery = PushDelivery(
            JsonStore(folder / "pushes"),
            PushPolicy("smn", switches.smn_push_timeout, switches.smn_retry_interval, MAX_ATTEMPTS),
            faults,
            deliver=deliver,
            clock=delivery_clock,
            blacklist=Blacklist(switches, delivery_clock),
        )
        self._state = ServiceState(
            TopicStore(folder, region, project_id), self._delivery, self._writer, clock, switches
        )
        self._routes = Calls(self._state).routes()
        faults.register_calls(self.name, self._routes.calls() | {CERTIFICATE})

    def start(self) -> None:
        """Starts the delivery, also of pushes from an earlier process."""
        self._delivery.start()

    def stop(self) -> None:
        self._delivery.stop()

    def deliver_next(self) -> bool:
        """Attempts one due push without `start`; False if none is due."""
        return self._delivery.deliver_next()

    def create_topic(self, name: str) -> str:
        """Creates the topic if it does not exist; returns its URN. Raises ApiError."""
        return str(self._state.create_topic(name)[0]["topic_urn"])

    def subscribe(self, urn: str, protocol: str, endpoint: str, headers: Mapping[str, str] | None = None) -> str:
        """Returns the URN of the subscription; a new one is pending and gets a request to confirm. Raises ApiError."""
        return str(self._state.subscribe(urn, protocol, endpoint, headers)[0]["subscription_urn"])

    def cancel(self, subscription_urn: str) -> None:
        """Deletes a subscription, as the owner of the topic. Raises ApiError."""
        self._state.cancel(subscription_urn)

    def publish(self, topic_urn: str, message: str, subject: str | None = None) -> str:
        """Returns the message id. Raises ApiError, also if the topic does not exist."""
        return self._state.publish(topic_urn, message, subject)

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        if request.method == "GET" and request.path == f"/smn/{self._certificate.name}":
            pem = Response(200, self._certificate.pem, {"Content-Type": "application/x-pem-file"})
            return CERTIFICATE, lambda: pem
        found = self._routes.find(request.method, request.path)
        if found is None:
            return "Unknown", partial(self.error, 404, None, "the API does not exist or is not published")
        name, call, path = found
        return name, partial(self._answer, request, call, path)

    def _answer(self, request: Request, call: Call, path: dict[str, str]) -> Response:
        try:
            raw = self._gateway.admit(request, path.get("project_id")) if call.signed else b""
            answer = call.act(ApiRequest(path, request.query, raw))
        except ApiError as error:
            answer = self.error(error.status, error.code, error.message)
        return gateway.with_request_id(answer)

    def error(self, status: int, code: str | None, message: str) -> Response:
        """SMN's format for SMN codes, the gateway's for all others."""
        if code is None or not code.startswith("SMN."):
            return gateway.error_response(status, code, message)
        return Response.json(status, {"request_id": uuid.uuid4().hex, "code": code, "message": message})

    def _writer(self) -> MessageWriter:
        return MessageWriter(self._certificate, self._region, self.origin, self._switches.smn_empty_subject)

    def state(self) -> dict[str, Any]:
        """For /_sim/state: topics, subscriptions with their status, and numbers of pushes by result."""
        return {
            "topics": [topic["topic_urn"] for topic in self._state.read(lambda topics: topics.topics())],
            "subscriptions": [
                {name: subscription[name] for name in ("subscription_urn", "topic_urn", "protocol", "endpoint")}
                | {"status": _STATUS.get(subscription["status"], "cancelled")}
                for subscription in self._state.read(lambda topics: topics.subscriptions())
            ],
            "pushes": self._delivery.counts(),
            "signing_cert_url": f"{self.origin}/smn/{self._certificate.name}",
        }
