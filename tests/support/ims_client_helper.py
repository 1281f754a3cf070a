"""The IMS simulator without a socket, with a clock set by the test. The official SDK signs the requests."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from imagedrop_local.faults import Faults
from imagedrop_local.ims.service import Ims
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.model import Attributes
from imagedrop_local.obs.store import Store
from tests.support import signed_requests, tiny_disks

SERVER = "Windows Server 2022 Datacenter 64bit"
LONG = 1000  # s; longer than any import of a tiny disk


class Answer:
    def __init__(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.status, self.headers = status, headers
        self.json: Any = json.loads(content) if content else None

    @property
    def code(self) -> str | None:
        """The error code, if the answer is an error in IMS's format."""
        return self.json["error"]["code"] if isinstance(self.json, dict) and "error" in self.json else None


class SimulatedIms:
    """IMS, with a bucket `drops` that has `disk.qcow2` (40 GiB)."""

    def __init__(self, folder: Path, **switches: Any) -> None:
        self.folder, self.now = folder, datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
        self.store = Store(folder / "obs", signed_requests.REGION)
        self.store.create_bucket("drops")
        self.put("disk.qcow2", tiny_disks.qcow2(40 * tiny_disks.GIB))
        self.faults = Faults(random.Random(1))
        self.start(**switches)

    def start(self, **switches: Any) -> None:
        """Starts the service again on the same folder, as after a crash."""
        self.service = Ims(
            self.store,
            self.folder / "ims",
            signed_requests.CREDENTIALS,
            signed_requests.REGION,
            signed_requests.PROJECT,
            lambda: self.now,
            1.0,
            ImsSwitches(**switches),
            self.faults,
            random.Random(),
        )

    def put(self, key: str, content: bytes, **attributes: Any) -> None:
        self.store.put("drops", key, content, Attributes(**attributes))

    def wait(self, seconds: float = LONG) -> None:
        self.now += timedelta(seconds=seconds)

    def call(self, method: str, path: str, body: Any = None, query: list[tuple[str, str]] | None = None) -> Answer:
        _, act = self.service.route(signed_requests.request(method, path, body, query, at=self.now))
        response = act()
        assert isinstance(response.body, bytes)
        return Answer(response.status, response.body, response.headers)

    def create(self, **body: Any) -> Answer:
        fields = {"name": "server", "image_url": "drops:disk.qcow2", "min_disk": 40, **body}
        return self.call("POST", "/v2/cloudimages/action", fields)

    def submit(self, **body: Any) -> str:
        """The job id of an accepted create call."""
        answer = self.create(**body)
        assert answer.status == 200, answer.json
        return str(answer.json["job_id"])

    def job(self, job_id: str) -> Any:
        return self.call("GET", f"/v1/{signed_requests.PROJECT}/jobs/{job_id}").json

    def outcome(self, **body: Any) -> Any:
        """The job of an accepted create call after its end."""
        job_id = self.submit(**body)
        self.wait()
        return self.job(job_id)

    def images(self, **query: str) -> list[Any]:
        return list(self.call("GET", "/v2/cloudimages", query=list(query.items())).json["images"])
