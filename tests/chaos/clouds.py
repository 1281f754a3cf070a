"""Both clouds, asked from outside: /_sim of the simulators, and AWS's own API."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Container, Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop.common.timestamps import parse_timestamp
from imagedrop.workflow.image_lookup import DROP_TAG
from imagedrop_local.stack.aws import ACCOUNT, Clients
from tests.chaos.observation import End, Image

PATIENCE = 60.0  # s


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
        return fetched(f"{self._url}/_sim/{what}", body, method)


def images(state: Mapping[str, Any]) -> list[Image]:
    """As IMS holds them, each with what its job says of the object that it read."""
    made = {part["image_id"]: (job, part) for job in state["jobs"] for part in job["images"]}
    found = []
    for image in state["images"]:
        job, part = made.get(image["id"], ({}, {}))
        asked = parse_timestamp(job.get("submitted", image["created_at"])).timestamp()
        which = part.get("role", "system"), asked, job.get("job_id", ""), part.get("key", ""), part.get("etag", "")
        found.append(Image(image["id"], image["status"], image["tags"].get(DROP_TAG, ""), *which))
    return found


class Aws:
    """`addresses`: as `imagedrop up` tells them."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._client = Clients(self._url)

    def sweep(self, addresses: Mapping[str, Any]) -> bool:
        """Starts one, and waits for nothing; True if it was started."""
        with contextlib.suppress(ClientError, BotoCoreError):
            name = addresses["functions"]["sweep"]
            self._client("lambda").invoke(FunctionName=name, Payload=b"{}", InvocationType="Event")
            return True
        return False

    def left(self, urls: Mapping[str, str], ends: Container[End] = ()) -> dict[str, int]:
        """Messages by queue, those that are being worked on and those that wait for their time too, but for those about
        `ends`: when their time comes they are dropped."""
        queues = self._queues()
        return {name: sum(not _about(body, ends) for body in queues.get(url, ())) for name, url in urls.items()}

    def _queues(self) -> dict[str, list[str]]:
        """ministack's own look into its queues, which takes nothing out: bodies by URL."""
        seen = fetched(f"{self._url}/_ministack/sqs/messages?account={ACCOUNT}")["messages"].get(ACCOUNT, {})
        queues = (queue for region in seen.values() for queue in region.items())
        return {url: [message["Body"] for message in messages] for url, messages in queues}


def _about(body: str, ends: Container[End]) -> bool:
    told = json.loads(body)
    return (told.get("drop_id"), told.get("attempt")) in ends


def fetched(url: str, body: Any = None, method: str | None = None) -> Any:
    """The answer's JSON, through no proxy."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
        return json.load(answer)
