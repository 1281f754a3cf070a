"""The files of the drops: good and bad images and sidecars, different for each drop."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from imagedrop_local.project_paths import SAMPLES

CUT = 100_000  # bytes; too few for the partitions


def body(key: str, content: str) -> bytes:
    """`content`: `image-<n>`, `cut-<n>` or the name of a sidecar. The same arguments give the same bytes."""
    kind, _, number = content.partition("-")
    if kind == "image":
        return _sample() + f"{key} {number}".encode()
    if kind == "cut":
        return _sample()[:CUT] + f"{key} {number}".encode()
    return sidecar(key.removesuffix(".json"), content)


def sidecar(image_key: str, content: str) -> bytes:
    """`good`, `renamed`, `bad` (min_disk), `misspelt`, `junk` (not JSON), or `with <data file>`."""
    if content == "junk":
        return b'{"name": '
    name = image_key.rpartition("/")[2].partition(".")[0]
    fields: dict[str, Any] = {"name": name, "owner": {"email": f"{name}@example.com"}}
    if content == "renamed":
        fields["name"] = f"{name}-renamed"
    elif content == "bad":
        fields["min_disk"] = 5
    elif content == "misspelt":
        fields["discription"] = "an unknown field"
    elif content.startswith("with "):
        fields["data_images"] = [{"file": content.removeprefix("with "), "name": f"{name}-data", "min_disk": 40}]
    return json.dumps(fields).encode()


@cache
def _sample() -> bytes:
    return (SAMPLES / "windows-server-2022.qcow2").read_bytes()
