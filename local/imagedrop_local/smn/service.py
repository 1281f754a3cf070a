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
from imagedrop_local.smn.calls import ApiRequest, Call, Calls
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.smn.delivery import Deliver, PushDelivery
from imagedrop_local.smn.http_push import post
from imagedrop_local.smn.messages import MessageWriter
from imagedrop_local.smn.service_state import ServiceState
from imagedrop_local.smn.switches import SmnSwitches
from imagedrop_local.smn.topics import CONFIRMED, PENDING, TopicStore

CERTIFICATE = "DownloadHttpCert"  # the call by which its certificate is fetched
_STATUS = {PENDING: "pending", CONFIRMED: "confirmed"}


class Smn:
    """All that it holds lies in `folder` and outlives the process, pushes that wait included.

    `credentials`: access key -> secret key. `origin` is where this service can be reached (`server.url`): certificates
    and confirmations are served there, so it must be set before the first message. Push faults: call `Push`.
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
        waits: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deliver` sends one push, `waits` is the clock in s by which they wait; see Courier."""
        self.origin = f"https://smn.{region}.myhuaweicloud.com"
        self._region, self._switches = region, switches
        self._gateway = Gateway(credentials, project_id, clock)
        self._certificate = Certificate(folder, region)
        self._courier = PushDelivery(JsonStore(folder / "pushes"), switches, faults, deliver=deliver, clock=waits)
        self._room = ServiceState(TopicStore(folder, region, project_id), self._courier, self._writer, clock, switches)
        self._routes = Calls(self._room).routes()
        faults.register_calls(self.name, self._routes.calls() | {CERTIFICATE})

    def start(self) -> None:
        """Starts delivering, beginning with what an earlier process left."""
        self._courier.start()

    def stop(self) -> None:
        self._courier.stop()

    def deliver_next(self) -> bool:
        """Tries one push that is due, for whoever does not `start`; False where none is."""
        return self._courier.deliver_next()

    def create_topic(self, name: str) -> str:
        """The topic's URN, whether it is new or not. Raises Refused."""
        return str(self._room.create_topic(name)[0]["topic_urn"])

    def subscribe(self, urn: str, protocol: str, endpoint: str, headers: Mapping[str, str] | None = None) -> str:
        """The subscription's URN; it is pending, and asked to confirm, until it has confirmed. Raises Refused."""
        return str(self._room.subscribe(urn, protocol, endpoint, headers)[0]["subscription_urn"])

    def cancel(self, subscription_urn: str) -> None:
        """Takes a subscription away, as the topic's owner does. Raises Refused."""
        self._room.cancel(subscription_urn)

    def publish(self, topic_urn: str, message: str, subject: str | None = None) -> str:
        """The message id. Raises Refused, also where there is no such topic."""
        return self._room.publish(topic_urn, message, subject)

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
        except ApiError as refusal:
            answer = self.error(refusal.status, refusal.code, refusal.message)
        return gateway.with_request_id(answer)

    def error(self, status: int, code: str | None, message: str) -> Response:
        """SMN's shape for SMN codes, the gateway's for all others."""
        if code is None or not code.startswith("SMN."):
            return gateway.error_response(status, code, message)
        return Response.json(status, {"request_id": uuid.uuid4().hex, "code": code, "message": message})

    def _writer(self) -> MessageWriter:
        return MessageWriter(self._certificate, self._region, self.origin, self._switches.smn_empty_subject)

    def state(self) -> dict[str, Any]:
        """What /_sim/state shows: topics, subscriptions and their status, and what became of pushes."""
        return {
            "topics": [one["topic_urn"] for one in self._room.read(lambda book: book.topics())],
            "subscriptions": [
                {name: one[name] for name in ("subscription_urn", "topic_urn", "protocol", "endpoint")}
                | {"status": _STATUS.get(one["status"], "cancelled")}
                for one in self._room.read(lambda book: book.subscriptions())
            ],
            "pushes": self._courier.counts(),
            "signing_cert_url": f"{self.origin}/smn/{self._certificate.name}",
        }
