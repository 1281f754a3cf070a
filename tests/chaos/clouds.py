"""Both clouds, asked from outside: /_sim of the simulators, and AWS's own API."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chaos.seen import Image
from imagedrop.registration import TAG
from imagedrop.times import moment
from imagedrop_local.stack.aws import Clients

PATIENCE = 60.0  # s
COUNTS = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]


class Simulators:
    """`url`: of any of them."""

    def __init__(self, url: str) -> None:
        self._url = url

    def hinder(self, faults: Iterable[Mapping[str, Any]]) -> None:
        for fault in faults:
            self._call("faults", fault)

    def calm(self) -> None:
        self._call("faults", method="DELETE")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._call("state")
        return state

    def confirmed(self) -> bool:
        """Events are pushed."""
        return any(one["status"] == "confirmed" for one in self.state()["subscriptions"])

    def _call(self, what: str, body: Any = None, method: str | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self._url}/_sim/{what}", data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            return json.load(answer)


def images(state: Mapping[str, Any]) -> list[Image]:
    """As IMS holds them, each with what its job says of the object that it read."""
    made = {part["image_id"]: (job, part) for job in state["jobs"] for part in job["images"]}
    found = []
    for image in state["images"]:
        job, part = made.get(image["id"], ({}, {}))
        asked = moment(job.get("submitted", image["created_at"])).timestamp()
        which = part.get("role", "system"), asked, job.get("job_id", ""), part.get("key", ""), part.get("etag", "")
        found.append(Image(image["id"], image["status"], image["tags"].get(TAG, ""), *which))
    return found


class Aws:
    """`addresses`: as `imagedrop up` tells them."""

    def __init__(self, port: int) -> None:
        self._client = Clients(f"http://127.0.0.1:{port}")

    def sweep(self, addresses: Mapping[str, Any]) -> bool:
        """Starts one, and waits for nothing; True if it was started."""
        with contextlib.suppress(ClientError, BotoCoreError):
            name = addresses["functions"]["sweep"]
            self._client("lambda").invoke(FunctionName=name, Payload=b"{}", InvocationType="Event")
            return True
        return False

    def left(self, urls: Mapping[str, str]) -> dict[str, int]:
        """Messages by queue, those that are being worked on and those that wait for their time too."""
        return {name: self._count(url) for name, url in urls.items()}

    def _count(self, url: str) -> int:
        found = self._client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
        return sum(int(found[name]) for name in COUNTS)
