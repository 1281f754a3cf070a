"""The real handlers over ports in memory, in virtual time, one message at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, FileVersion
from imagedrop.domain.object_keys import INSTALLATION, START
from imagedrop.ports import QueueName
from imagedrop_local.memory import MemoryPorts, memory_ports, memory_settings
from imagedrop_local.project_paths import function

HANDLERS: dict[QueueName, str] = {
    "drops": "validate",
    "registrations": "register",
    "polls": "poll",
    "notices": "notify",
}
BUCKET, KEY = "drops", "golden/w.vhd"
SIDECAR = {"name": "Golden W", "owner": {"email": "ada@example.com", "name": "Ada"}, "os_type": "Windows"}


class World:
    def __init__(self, **settings: Any) -> None:
        self.ports: MemoryPorts = memory_ports(memory_settings(**settings))

    # --- the bucket

    def put(self, key: str, body: bytes | dict[str, Any], *, event: bool = True) -> None:
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        self.ports.objects.upload(BUCKET, key, content)
        if event:
            self.event(key)

    def event(self, key: str, **more: Any) -> None:
        self.ports.queues.send("drops", {"bucket": BUCKET, "key": key, **more})

    def accepted(self, key: str = KEY, body: bytes = b"image", **changes: Any) -> Drop:
        """An accepted drop. Its files are in the bucket; no registration message was sent."""
        ports = self.ports
        if ports.objects.body(BUCKET, INSTALLATION) is None:
            ports.objects.upload(BUCKET, INSTALLATION, ports.settings.installation.encode())
            ports.objects.upload(BUCKET, START, format_timestamp(ports.clock()).encode())
        self.put(key, body, event=False)
        self.put(key + ".json", SIDECAR, event=False)
        heads = [ports.objects.head(BUCKET, file) for file in (key, key + ".json")]
        versions = {head.key: FileVersion(etag=head.etag, last_modified=head.last_modified) for head in heads if head}
        row = transitions.new_drop(BUCKET, key, versions[key].etag, ports.clock(), 3600)
        tag = {"key": "imagedrop", "value": row.drop_id}
        request = {"name": "Golden W", "image_url": f"{BUCKET}:{key}", "min_disk": 40, "image_tags": [tag]}
        owner = drops.Owner(email="ada@example.com", name="Ada")
        fields = {"versions": versions, "request": request, "owner": owner, "sidecar": SIDECAR}
        accepted = transitions.accept(row, ports.clock(), ports.settings.attempt_deadline, **(fields | changes))
        return ports.ledger.accept(accepted)

    # --- time

    def break_rows(self, call: str, drop_ids: Collection[str]) -> None:
        """`call`: get or save. It never works for these rows again, as if they were unreadable or too large."""
        works = getattr(self.ports.ledger, call)

        def fails(row: Any) -> Any:
            if (row if isinstance(row, str) else row.drop_id) in drop_ids:
                raise RuntimeError("broken row")
            return works(row)

        setattr(self.ports.ledger, call, fails)

    def step(self) -> bool:
        """Handles one visible message of each queue. False: there was none."""
        handled = False
        for queue, name in HANDLERS.items():
            event = self.ports.queues.event(queue, limit=1)
            if event["Records"]:
                handled = True
                self.ports.queues.apply_response(queue, event, function(name).handle(event, self.ports))
        return handled

    def run(self, seconds: float = 7 * 86_400) -> None:
        """Handles messages until none is left, or for `seconds` of virtual time."""
        clock, end = self.ports.clock, self.ports.clock.seconds() + seconds
        for _ in range(100_000):
            if self.step():
                continue
            due = self.ports.queues.next_at()
            if due is None or due > end:
                clock.advance(0 if due is None else end - clock.seconds())
                return
            clock.advance(max(0.0, due - clock.seconds()) + 0.001)
        raise AssertionError("the queues never become empty")

    def sweep(self) -> Any:
        return function("sweep").handle(self.ports, lambda: 600.0)

    def live_through(self, hours: float) -> None:
        """Like `run`, with a sweep every five minutes."""
        for _ in range(int(hours * 12)):
            due = self.ports.clock.seconds() + 300
            self.run(300)
            self.ports.clock.advance(max(0.0, due - self.ports.clock.seconds()))
            self.sweep()
        self.run(300)

    # --- results

    def row(self, key: str = KEY) -> Drop:
        """The newest row of a key."""
        rows = list(self.ports.ledger.rows_of_key(BUCKET, key))
        assert rows, f"no row of {key}"
        return max(rows, key=lambda row: (row.received_at, row.attempt))

    def result(self, key: str = KEY) -> dict[str, Any]:
        body = self.ports.objects.body(BUCKET, key + ".result.json")
        assert body is not None, "no result file"
        result: dict[str, Any] = json.loads(body)
        return result

    def mails(self) -> list[Any]:
        return list(self.ports.mail.sent)

    def now(self) -> str:
        return format_timestamp(self.ports.clock())


def ids(findings: Iterable[dict[str, Any]]) -> set[str]:
    return {finding["id"] for finding in findings}
