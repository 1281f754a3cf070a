"""The OBS simulator called with requests that botocore signed, without a socket."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from imagedrop_local.faults import Faults
from imagedrop_local.http import Request
from imagedrop_local.obs.model import EventRule
from imagedrop_local.obs.service import Obs
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches
from tests.support.signed_requests import AK, REGION, SK

HOST = f"obs.{REGION}.myhuaweicloud.com"
TOPIC = f"urn:smn:{REGION}:project:drops"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class SimulatedObs:
    """OBS, with a bucket `drops` without event rules. `messages`: (topic, message) of each event, after `published`."""

    def __init__(self, folder: Path, **switches: Any) -> None:
        self.messages: list[tuple[str, str]] = []
        self.faults = Faults()
        self.store = Store(folder, REGION)
        self.store.create_bucket("drops")
        self.service = Obs(
            self.store,
            {AK: SK},
            lambda: datetime.now(UTC),
            self.faults,
            lambda topic, message: self.messages.append((topic, message)),
            lambda topic: topic == TOPIC,
            ObsSwitches(**switches),
            path_style=True,
            poll_interval=3600,
        )

    def call(
        self, method: str, path: str, body: bytes = b"", query: str = "", payload: str | None = None, **headers: str
    ) -> Answer:
        """`path`: percent-encoded. `payload`: the value of x-amz-content-sha256. Header names have _ instead of -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = AWSRequest(method, f"http://{HOST}{path}{query and '?' + query}", data=body, headers=sent)
        signer = S3SigV4Auth(Credentials(AK, SK), "s3", REGION)
        if payload is not None:
            signer.payload = lambda request: payload
        signer.add_auth(signed)
        message = Message()
        for name, value in [*signed.headers.items(), ("Host", HOST), ("Content-Length", str(len(body)))]:
            message[name] = value
        request = Request(method, path, query, message, io.BytesIO(body), len(body))
        response = self.service.route(request)[1]()
        content = response.body if isinstance(response.body, bytes) else b"".join(response.body)
        return Answer(response.status, response.headers, content)

    def watch(self) -> None:
        """Sets an event rule, without an API call."""
        rule = EventRule(id="all", topic=TOPIC, events=("ObjectCreated:*",))
        self.store.change_bucket(self.store.require_bucket("drops").model_copy(update={"rules": (rule,)}))

    def published(self) -> list[str]:
        """Sends all messages and returns them. Stops the sender: later events are not sent."""
        self.service.events.start()
        self.service.events.stop()
        return [message for _, message in self.messages]
