"""What a seed decides before the start: uploads, kills, faults and switches. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.chaos import cloud_faults, drops
from tests.chaos.cloud_faults import Fault
from tests.chaos.drops import PlannedUpload

Kill = Literal["stack", "stack and its folder", "parent", "stop", "stop and its folder", "cloud"]
KILLS: tuple[Kill, ...] = ("stack", "stack", "stack and its folder", "parent", "stop", "stop and its folder", "cloud")
WIPES: frozenset[Kill] = frozenset({"stack", "stack and its folder", "stop and its folder"})
SHORT_RUN = 50  # drops; a short run has short deadlines and counted faults
DROPS_PER_KILL = 70  # so that drops make progress between two kills


@dataclass(frozen=True)
class Plan:
    drops: int
    uploads: tuple[PlannedUpload, ...]  # sorted by time
    kills: tuple[tuple[float, Kill], ...]
    faults: tuple[Fault, ...]
    switches: dict[str, str]
    settings: dict[str, str]
    sweep_every: float  # s; less than a minute, the shortest rate of an AWS schedule


def draw(seed: int, count: int, *, pace: float) -> Plan:
    """`pace`: s between two drops."""
    random, window, short = Random(seed), count * pace, count <= SHORT_RUN
    switches = cloud_faults.QUOTA | cloud_faults.switches(random)
    uploads = sorted(drops.draw(random, count, window), key=lambda upload: upload.at)
    kills = tuple(_kills_of_short_run(random, window) if short else _kills(random, count, window))
    faults = cloud_faults.COUNTED_FAULTS if short else cloud_faults.RANDOM_FAULTS
    settings = cloud_faults.SHORT if short else cloud_faults.LONG
    settings = settings | {"ims_shows_imports": switches["ims_shows_imports"]}
    return Plan(count, tuple(uploads), kills, faults, switches, settings, 4.0 if short else 30.0)


def without_faults(seed: int, count: int) -> Plan:
    """Good drops, all at once, and no faults."""
    random = Random(seed)
    keys = [f"c{number % 10}/d{number:05}.qcow2" for number in range(count)]
    uploads = [upload for key in keys for upload in drops.good(random, key, 0.0)]
    at_once = tuple(PlannedUpload(0.0, upload.key, upload.content) for upload in uploads)
    return Plan(count, at_once, (), (), dict(cloud_faults.QUOTA), dict(cloud_faults.LOAD), 300.0)


def _kills_of_short_run(random: Random, window: float) -> Iterator[tuple[float, Kill]]:
    """Each kill also empties the ledger: with short deadlines, no drop may wait for the lease of a dead worker."""
    yield window * random.uniform(0.3, 0.6), "stack"
    yield window * random.uniform(0.9, 1.3), "stop and its folder"


def _kills(random: Random, count: int, window: float) -> Iterator[tuple[float, Kill]]:
    rounds = count // DROPS_PER_KILL // len(KILLS) + 1
    shuffled = [kill for _ in range(rounds) for kill in random.sample(KILLS, len(KILLS))]
    kinds = shuffled[: max(2, count // DROPS_PER_KILL)]
    yield from zip(sorted(random.uniform(0.05, 1.1) * window for _ in kinds), kinds, strict=True)
