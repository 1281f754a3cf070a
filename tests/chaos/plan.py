"""What a seed decides before anything starts: who drops what, when which process dies, how the cloud behaves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.chaos import cloud_faults, drops
from tests.chaos.cloud_faults import Fault
from tests.chaos.drops import Act

Kill = Literal["stack", "stack and its folder", "parent", "stop", "stop and its folder", "cloud"]
KILLS: tuple[Kill, ...] = ("stack", "stack", "stack and its folder", "parent", "stop", "stop and its folder", "cloud")
WIPING: frozenset[Kill] = frozenset({"stack", "stack and its folder", "stop and its folder"})
FEW = 50  # drops; a run that is short has short deadlines, and faults by number
APART = 70  # drops between two kills, so that between them something gets on


@dataclass(frozen=True)
class Plan:
    drops: int
    acts: tuple[Act, ...]  # in the order of time
    kills: tuple[tuple[float, Kill], ...]
    faults: tuple[Fault, ...]
    switches: dict[str, str]
    parameters: dict[str, str]
    sweep_every: float  # s; the schedule's shortest is a minute


def draw(seed: int, count: int, *, pace: float) -> Plan:
    """`pace`: s between two drops."""
    random, window, few = Random(seed), count * pace, count <= FEW
    switches = cloud_faults.QUOTA | cloud_faults.switches(random)
    acts = sorted(drops.draw(random, count, window), key=lambda act: act.at)
    kills = tuple(_few_kills(random, window) if few else _kills(random, count, window))
    faults, parameters = (cloud_faults.AT_TIMES, cloud_faults.SHORT) if few else (cloud_faults.OFTEN, cloud_faults.LONG)
    shown = {"ImsShowsImports": switches["ims_shows_imports"]}
    return Plan(count, tuple(acts), kills, faults, switches, parameters | shown, 4.0 if few else 30.0)


def calm(seed: int, count: int) -> Plan:
    """Good drops, all at once, and nothing goes wrong."""
    random = Random(seed)
    acts = [act for number in range(count) for act in drops.good(random, f"c{number % 10}/d{number:05}.qcow2", 0.0)]
    at_once = tuple(Act(0.0, act.key, act.content) for act in acts)
    return Plan(count, at_once, (), (), dict(cloud_faults.QUOTA), dict(cloud_faults.LOAD), 300.0)


def _few_kills(random: Random, window: float) -> Iterator[tuple[float, Kill]]:
    """Where deadlines are short, what is left half done must not wait for a lease: the ledger goes each time."""
    yield window * random.uniform(0.3, 0.6), "stack"
    yield window * random.uniform(0.9, 1.3), "stop and its folder"


def _kills(random: Random, count: int, window: float) -> Iterator[tuple[float, Kill]]:
    deals = count // APART // len(KILLS) + 1
    kinds = [kill for _ in range(deals) for kill in random.sample(KILLS, len(KILLS))][: max(2, count // APART)]
    yield from zip(sorted(random.uniform(0.05, 1.1) * window for _ in kinds), kinds, strict=True)
