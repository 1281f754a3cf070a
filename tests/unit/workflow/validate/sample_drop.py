"""A drop of the sample image and its sidecar, which the tests vary."""

from __future__ import annotations

import json
from typing import Any

from imagedrop_local.project_paths import SAMPLES
from tests.support.world import World

SAMPLE = (SAMPLES / "windows-server-2022.qcow2").read_bytes()
SIDECAR: dict[str, Any] = json.loads((SAMPLES / "windows-server-2022.qcow2.json").read_text())
KEY = "golden/w.qcow2"
SIDECAR_KEY = KEY + ".json"
DATA_KEY = "golden/data.qcow2"
WITH_DATA = {"data_images": [{"file": "data.qcow2", "name": "data disk", "min_disk": 40}]}  # for `sidecar`


def sidecar(**changes: Any) -> dict[str, Any]:
    """The sample's sidecar. None removes a field."""
    return {name: value for name, value in (SIDECAR | changes).items() if value is not None}


def put_drop(world: World, **changes: Any) -> None:
    """Puts the sample image, then its sidecar with these changes."""
    world.put(KEY, SAMPLE)
    world.put(SIDECAR_KEY, sidecar(**changes))


def published(world: World) -> list[dict[str, Any]]:
    """The results that machines got by SNS."""
    return [json.loads(message.body) for message in world.ports.topic.published]
