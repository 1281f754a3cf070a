"""Draws what owners do (upload, overwrite, fix, delete, drop again) and what happens to the installation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from imagedrop_local.project_paths import SAMPLES
from tests.simulation.fault_rates import FaultRates

FOLDER = "golden/"
DATA = FOLDER + "data.qcow2"
What = Literal[
    "put",
    "delete",
    "event",
    "redrive",
    "remove",
    "replay",
    "poison",
    "wipe queues",
    "wipe ledger",
    "back up ledger",
    "restore ledger",
    "other installation",
    "remove one",
    "edit tags",
    "undo",
]


@dataclass(frozen=True)
class Action:
    at: float  # s from the start
    what: What
    key: str = ""
    content: str = ""


@cache
def contents() -> dict[str, tuple[str, bytes]]:
    """Images and sidecars by name: (ETag, bytes)."""
    sample = (SAMPLES / "windows-server-2022.qcow2").read_bytes()
    larger = sample[:24] + (1 << 41).to_bytes(8, "big") + sample[32:]  # a virtual size that IMS refuses
    images = {"first": sample, "second": sample + bytes(512), "third": sample + bytes(1024), "cut": sample[:100_000]}
    images["larger"] = larger
    return {name: (f"{number:032x}", body) for number, (name, body) in enumerate(images.items(), 1)} | {
        name: (f"{number:032x}", json.dumps(sidecar).encode()) for number, (name, sidecar) in enumerate(_sidecars(), 64)
    }


@cache
def content_of(etag: str) -> bytes:
    return next(body for content_etag, body in contents().values() if content_etag == etag)


def _sidecars() -> Iterator[tuple[str, Any]]:
    """Each has another image name, which shows which of them was read."""
    usual = json.loads((SAMPLES / "windows-server-2022.qcow2.json").read_text())
    size = len((SAMPLES / "windows-server-2022.qcow2").read_bytes())
    data = [{"file": "data.qcow2", "name": "data disk", "min_disk": 40}]
    changes: Mapping[str, Mapping[str, Any]] = {
        "good": {},
        "renamed": {},
        "bad": {"min_disk": 5},
        "with data": {"data_images": data},
        "for second": {"size": size + 512},
    }
    yield "junk", [1, 2, 3]
    for name, change in changes.items():
        yield name, usual | {"name": name.replace(" ", "-")} | change


IMAGES = ("first", "first", "first", "second", "third", "cut", "larger")
SIDECARS = ("good", "good", "good", "renamed", "bad", "junk", "with data", "for second")
DROPS = (*[1] * 14, *[2] * 6, *[3] * 3, 4, 6, 20)
# What happens to the installation. What does no harm alone is more frequent.
INCIDENTS: tuple[What, ...] = (
    "replay",
    "replay",
    "redrive",
    "redrive",
    "remove",
    "poison",
    "wipe queues",
    "wipe ledger",
)


def draw_actions(random: Random, rates: FaultRates) -> list[Action]:
    """All actions, sorted by time. All are before `rates.faults_end`."""
    keys = [f"{FOLDER}{letter}.qcow2" for letter in "abcdefghijklmnopqrst"[: random.choice(DROPS)]]
    end = rates.faults_end
    actions = [action for key in keys for action in _drop(random, end, key)]
    if any(action.content == "with data" for action in actions) and random.random() < 0.85:
        actions.append(Action(random.random() * end, "put", DATA, random.choice(IMAGES)))
    if random.random() < 0.2:
        actions += _burst(random, end, random.choice(keys))
    if random.random() < 0.15:
        actions += _alternating(random, end, random.choice(keys))
    count = random.choice((0, 0, 1, 3, 6))
    actions += [Action(random.random() * end, random.choice(INCIDENTS), random.choice(keys)) for _ in range(count)]
    if random.random() < 0.15:
        actions += _rewritten_sidecar(random, end, random.choice(keys))
    if random.random() < 0.2:
        actions += _restored_backup(random, end)
    if random.random() < 0.1:
        actions += [Action(random.random() * end, "other installation", key) for key in keys for _ in range(3)]
    return sorted(actions, key=lambda action: action.at)


def _drop(random: Random, end: float, key: str) -> Iterator[Action]:
    start, sidecar = random.random() * end / 2, key + ".json"
    first = {key: random.choice(IMAGES), sidecar: random.choice(SIDECARS)}
    for file, content in first.items():
        if random.random() < 0.97:
            yield Action(start + random.choice((0, 1, 30, 900)) * random.random(), "put", file, content)
    if random.random() < 0.15:  # overwritten by mistake, then restored
        at = start + random.random() * 300
        yield Action(min(at, end), "put", key, random.choice(IMAGES))
        yield Action(min(at + random.random() * 1800, end), "put", key, first[key])
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 4))):
        file = random.choice((key, key, sidecar, sidecar, DATA))
        at = start + random.random() * random.choice((60, 900, end - start))
        if random.random() < 0.15:
            yield Action(min(at, end), "delete", file)
        else:
            yield Action(min(at, end), "put", file, random.choice(SIDECARS if file == sidecar else IMAGES))


def _burst(random: Random, end: float, key: str) -> Iterator[Action]:
    """A pipeline that uploads the same drop many times within minutes."""
    start, image, sidecar = random.random() * end, random.choice(IMAGES), random.choice(SIDECARS)
    for _ in range(random.randint(3, 12)):
        at = min(end, start + random.random() * 600)
        yield Action(at, "put", key, image)
        yield Action(at, "put", key + ".json", sidecar)


def _alternating(random: Random, end: float, key: str) -> Iterator[Action]:
    """Two contents of one key, uploaded in turn within minutes."""
    start, step = random.random() * end, random.choice((0.2, 0.2, 4, 15))
    pair = random.choice(IMAGES), random.choice(("larger", random.choice(IMAGES)))
    yield Action(start, "put", key + ".json", random.choice(SIDECARS))
    for number in range(random.randint(6, 30)):
        yield Action(min(end, start + number * step), "put", key, pair[number % 2])


def _rewritten_sidecar(random: Random, end: float, key: str) -> Iterator[Action]:
    """A sidecar that is changed many times just after its image was uploaded."""
    start, step = random.random() * end, random.choice((0.2, 0.2, 4, 15))
    pair = "good", random.choice(SIDECARS)
    yield Action(start, "put", key, "first")
    for number in range(random.randint(6, 30)):
        yield Action(min(end, start + number * step), "put", key + ".json", pair[number % 2])


def _restored_backup(random: Random, end: float) -> Iterator[Action]:
    """A backup of the ledger, a second or hours old, that is restored once or twice."""
    at = random.random() * end
    yield Action(at, "back up ledger")
    for _ in range(random.choice((1, 1, 2))):
        at += random.random() * random.choice((1, 60, 600, end - at))
        yield Action(min(at, end), "restore ledger")
