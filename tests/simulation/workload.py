"""What the owners do: they upload, overwrite, mend, delete and drop again; and what befalls the installation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from imagedrop_local.project_paths import SAMPLES
from tests.simulation.fault_rates import Climate

FOLDER = "golden/"
DATA = FOLDER + "data.qcow2"
What = Literal["put", "delete", "event", "redrive", "remove", "replay", "poison", "wipe queues", "wipe ledger"]


@dataclass(frozen=True)
class Act:
    at: float  # s from the start
    what: What
    key: str = ""
    content: str = ""


@cache
def contents() -> dict[str, tuple[str, bytes]]:
    """Images and sidecars by name: (ETag, bytes)."""
    sample = (SAMPLES / "windows-server-2022.qcow2").read_bytes()
    larger = sample[:24] + (1 << 41).to_bytes(8, "big") + sample[32:]  # virtual size, far over what IMS takes
    images = {"first": sample, "second": sample + bytes(512), "third": sample + bytes(1024), "cut": sample[:100_000]}
    images["larger"] = larger
    return {name: (f"{number:032x}", body) for number, (name, body) in enumerate(images.items(), 1)} | {
        name: (f"{number:032x}", json.dumps(sidecar).encode()) for number, (name, sidecar) in enumerate(_sidecars(), 64)
    }


@cache
def content_of(etag: str) -> bytes:
    return next(body for one, body in contents().values() if one == etag)


def _sidecars() -> Iterator[tuple[str, Any]]:
    """Each asks for a name of its own, so that it can be told which of them was read."""
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
# What befalls the installation; more often what is harmless alone.
REST: tuple[What, ...] = ("replay", "replay", "redrive", "redrive", "remove", "poison", "wipe queues", "wipe ledger")


def draw(random: Random, climate: Climate) -> list[Act]:
    """Everything that will be done, in the order of time, all of it before `climate.calm`."""
    keys = [f"{FOLDER}{letter}.qcow2" for letter in "abcdefghijklmnopqrst"[: random.choice(DROPS)]]
    calm = climate.calm
    acts = [act for key in keys for act in _drop(random, calm, key)]
    if any(act.content == "with data" for act in acts) and random.random() < 0.85:
        acts.append(Act(random.random() * calm, "put", DATA, random.choice(IMAGES)))
    if random.random() < 0.2:
        acts += _storm(random, calm, random.choice(keys))
    if random.random() < 0.15:
        acts += _flapping(random, calm, random.choice(keys))
    count = random.choice((0, 0, 1, 3, 6))
    acts += [Act(random.random() * calm, random.choice(REST), random.choice(keys)) for _ in range(count)]
    if random.random() < 0.15:
        acts += _rewritten(random, calm, random.choice(keys))
    return sorted(acts, key=lambda act: act.at)


def _drop(random: Random, calm: float, key: str) -> Iterator[Act]:
    start, beside = random.random() * calm / 2, key + ".json"
    first = {key: random.choice(IMAGES), beside: random.choice(SIDECARS)}
    for one, content in first.items():
        if random.random() < 0.97:
            yield Act(start + random.choice((0, 1, 30, 900)) * random.random(), "put", one, content)
    if random.random() < 0.15:  # overwritten by mistake, and put back
        at = start + random.random() * 300
        yield Act(min(at, calm), "put", key, random.choice(IMAGES))
        yield Act(min(at + random.random() * 1800, calm), "put", key, first[key])
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 4))):
        one = random.choice((key, key, beside, beside, DATA))
        at = start + random.random() * random.choice((60, 900, calm - start))
        if random.random() < 0.15:
            yield Act(min(at, calm), "delete", one)
        else:
            yield Act(min(at, calm), "put", one, random.choice(SIDECARS if one == beside else IMAGES))


def _storm(random: Random, calm: float, key: str) -> Iterator[Act]:
    """A pipeline that drops the same thing again and again within minutes."""
    start, image, sidecar = random.random() * calm, random.choice(IMAGES), random.choice(SIDECARS)
    for _ in range(random.randint(3, 12)):
        at = min(calm, start + random.random() * 600)
        yield Act(at, "put", key, image)
        yield Act(at, "put", key + ".json", sidecar)


def _flapping(random: Random, calm: float, key: str) -> Iterator[Act]:
    """Two uploads of one key that take turns, within minutes."""
    start, step = random.random() * calm, random.choice((0.2, 0.2, 4, 15))
    pair = random.choice(IMAGES), random.choice(("larger", random.choice(IMAGES)))
    yield Act(start, "put", key + ".json", random.choice(SIDECARS))
    for number in range(random.randint(6, 30)):
        yield Act(min(calm, start + number * step), "put", key, pair[number % 2])


def _rewritten(random: Random, calm: float, key: str) -> Iterator[Act]:
    """A sidecar that is mended over and over, just after its image has come."""
    start, step = random.random() * calm, random.choice((0.2, 0.2, 4, 15))
    pair = "good", random.choice(SIDECARS)
    yield Act(start, "put", key, "first")
    for number in range(random.randint(6, 30)):
        yield Act(min(calm, start + number * step), "put", key + ".json", pair[number % 2])
