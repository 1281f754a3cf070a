"""The SMN simulator without a socket: pushes are recorded in a list, and the test sets the clock."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from imagedrop_local.faults import Faults
from imagedrop_local.smn.service import Smn
from imagedrop_local.smn.switches import SmnSwitches
from tests.support import signed_requests

ENDPOINT = "http://127.0.0.1:1/hook"


@dataclass(frozen=True)
class Sent:
    body: dict[str, Any]
    headers: dict[str, str]
    seconds: float


class SimulatedSmn:
    """SMN, with a topic and one confirmed subscription. `status`: the endpoint's answer; None: no answer."""

    def __init__(self, folder: Path, key: Path, **switches: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._key = Path(shutil.copy(key, folder))
        self.pushes: list[Sent] = []
        self.status: int | None = 200
        self.seconds = 0.0
        self.faults = Faults()
        self.service = Smn(
            folder,
            signed_requests.CREDENTIALS,
            signed_requests.REGION,
            signed_requests.PROJECT,
            lambda: datetime.now(UTC),
            SmnSwitches(**switches),
            self.faults,
            self._deliver,
            lambda: self.seconds,
        )
        self.urn = self.service.create_topic("drops")
        self.service.subscribe(self.urn, "http", ENDPOINT)
        self.deliver_due()
        token = self.pushes.pop().body["subscribe_url"].partition("token=")[2].partition("&")[0]
        self.call("GET", "/smn/subscription/confirm", query=[("topic_urn", self.urn), ("token", token)])

    def _deliver(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int | None:
        self.pushes.append(Sent(json.loads(body), dict(headers), seconds))
        return self.status

    def deliver_due(self) -> int:
        """Sends all due pushes; returns their number."""
        count = 0
        while self.service.deliver_next():
            count += 1
        return count

    def call(self, method: str, path: str, body: Any = None, query: list[tuple[str, str]] | None = None) -> int:
        """Returns the status of the answer."""
        return self.service.route(signed_requests.request(method, path, body, query))[1]().status

    def publish(self, **body: Any) -> int:
        path = f"/v2/{signed_requests.PROJECT}/notifications/topics/{self.urn}/publish"
        return self.call("POST", path, {"message": "m", **body})

    def signs(self, push: Sent, text: str) -> bool:
        """Whether the signature of the push is valid for this text."""
        key = load_pem_private_key(self._key.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        try:
            key.public_key().verify(
                base64.b64decode(push.body["signature"]), text.encode(), padding.PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            return False
        return True
