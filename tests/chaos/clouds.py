"""Both clouds from outside: /_sim of the simulators, and AWS's own API."""

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

TIMEOUT = 60.0  # s


class Simulators:
    """`url`: of any simulator."""

    def __init__(self, url: str) -> None:
        self._url = url

    def add_faults(self, faults: Iterable[Mapping[str, Any]]) -> None:
        for fault in faults:
            self._call("faults", fault)

    def remove_faults(self) -> None:
        self._call("faults", method="DELETE")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._call("state")
        return state

    def is_subscribed(self) -> bool:
        """Whether SMN pushes events."""
        return any(subscription["status"] == "confirmed" for subscription in self.state()["subscriptions"])

    def _call(self, what: str, body: Any = None, method: str | None = None) -> Any:
        return fetch_json(f"{self._url}/_sim/{what}", body, method)


def images(state: Mapping[str, Any]) -> list[Image]:
    """All images of IMS, each with the object that its job has read."""
    made = {part["image_id"]: (job, part) for job in state["jobs"] for part in job["images"]}
    found = []
    for image in state["images"]:
        job, part = made.get(image["id"], ({}, {}))
        submitted = parse_timestamp(job.get("submitted", image["created_at"])).timestamp()
        source = part.get("role", "system"), submitted, job.get("job_id", ""), part.get("key", ""), part.get("etag", "")
        found.append(Image(image["id"], image["status"], image["tags"].get(DROP_TAG, ""), *source))
    return found


class Aws:
    """The embedded AWS side on a port of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._client = Clients(self._url)

    def sweep(self, addresses: Mapping[str, Any]) -> bool:
        """Starts the sweep function and does not wait. `addresses`: as `imagedrop up` prints them. True: started."""
        with contextlib.suppress(ClientError, BotoCoreError):
            name = addresses["functions"]["sweep"]
            self._client("lambda").invoke(FunctionName=name, Payload=b"{}", InvocationType="Event")
            return True
        return False

    def count_messages(self, urls: Mapping[str, str], ends: Container[End] = ()) -> dict[str, int]:
        """Messages by queue, invisible ones included. Those about `ends` are not counted: functions ignore them."""
        queues = self._queues()
        return {name: sum(not _about(body, ends) for body in queues.get(url, ())) for name, url in urls.items()}

    def _queues(self) -> dict[str, list[str]]:
        """Message bodies by URL, through ministack's own API, which receives nothing."""
        answer = fetch_json(f"{self._url}/_ministack/sqs/messages?account={ACCOUNT}")["messages"].get(ACCOUNT, {})
        queues = (queue for region in answer.values() for queue in region.items())
        return {url: [message["Body"] for message in messages] for url, messages in queues}


def _about(body: str, ends: Container[End]) -> bool:
    message = json.loads(body)
    return (message.get("drop_id"), message.get("attempt")) in ends


def fetch_json(url: str, body: Any = None, method: str | None = None) -> Any:
    """The JSON of the answer. No proxy is used."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIMEOUT) as answer:
        return json.load(answer)
