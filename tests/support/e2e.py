"""A running local stack, used and inspected without the command line."""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imagedrop_cli import connections
from imagedrop_local.project_paths import SAMPLES
from tests.support.engine import Engine
from tests.support.waiting import until

SAMPLE = SAMPLES / "windows-server-2022.qcow2"
PATIENCE = 120.0  # s; a drop takes about three


class World:
    """`folder`: for the images that are made."""

    def __init__(self, local: Engine, folder: Path) -> None:
        self.local, self.folder = local, folder
        self._numbers = itertools.count(1)

    def image(self, name: str, **sidecar: Any) -> Path:
        """A new image with different content, and its sidecar beside it."""
        path = self.folder / f"{name}.qcow2"
        path.write_bytes(SAMPLE.read_bytes() + f"{name} {next(self._numbers)}".encode())
        self.sidecar(path, **sidecar)
        return path

    def sidecar(self, path: Path, **fields: Any) -> None:
        content = json.loads(Path(f"{SAMPLE}.json").read_bytes())
        content |= {"name": path.stem, "owner": {"email": f"{path.stem}@example.com"}, **fields}
        Path(f"{path}.json").write_text(json.dumps(content))

    def put(self, path: Path) -> None:
        """Like any S3 client: no check, no `etag` in the sidecar."""
        client = connections.obs_of_stack(self.local.addresses).client()
        client.put_object(Bucket=self.local.bucket, Key=path.name, Body=path.read_bytes())

    def fault(self, **fault: Any) -> None:
        self._call(self.local.addresses["simulators"]["faults"], fault)

    def clear_faults(self) -> None:
        self._call(self.local.addresses["simulators"]["faults"], method="DELETE")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._call(self.local.addresses["simulators"]["state"])
        return state

    def calls(self, service: str, call: str) -> int:
        count: int = self.state()["calls"][service].get(call, 0)
        return count

    def images(self, name: str) -> list[dict[str, Any]]:
        return [image for image in self.state()["images"] if image["name"] == name]

    def mails(self, name: str) -> list[dict[str, Any]]:
        return [mail for mail in self.local.stack.mails() if f"{name}@example.com" in mail["To"]]

    def result(self, path: Path) -> dict[str, Any] | None:
        file = self.local.folder / "obs" / self.local.bucket / f"{path.name}.result.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else None

    def until(self, condition: Callable[[], Any]) -> Any:
        """The first true result of `condition`."""
        return until(condition, PATIENCE)

    def _call(self, url: str, body: Any = None, method: str | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return json.load(answer)
