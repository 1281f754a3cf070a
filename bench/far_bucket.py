"""Measures readers over a distant bucket. The bucket counts requests and bytes."""

from __future__ import annotations

import json
import statistics
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.reader_process import InspectionCost, measure
from bench.server import serving

RATE = 100e6  # bytes per second of all connections together
NEAR, FAR = 0.020, 0.150  # seconds to the first byte: a bucket in the same region, or on another continent
PEERS = Path(__file__).parents[1] / ".venv-bench/bin/python"


class Cost(NamedTuple):
    """Of one inspection. `seconds`: the median of several runs. `last`: what the reader printed in the last one."""

    last: InspectionCost
    requests: int
    bytes: int
    seconds: float

    @property
    def round_trips(self) -> int:
        """Readers that do not count them send one request after the other."""
        return self.last.round_trips or self.requests


Reader = Callable[[str], InspectionCost]


def ours(url: str) -> InspectionCost:
    return measure(sys.executable, "bench.imagedrop_reader", url)


def dissect(url: str) -> InspectionCost:
    return measure(str(PEERS), "bench.peers.dissect_reader", url)


def libyal(url: str) -> InspectionCost:
    return measure(str(PEERS), "bench.peers.libyal_reader", url)


class Bucket:
    def __init__(self, url: str) -> None:
        self._url = url

    def cost(self, reader: Reader, file: str, times: int = 3) -> Cost:
        self._served()
        costs = [reader(f"{self._url}/{file}") for _ in range(times)]
        served = self._served()
        seconds = statistics.median(cost.seconds for cost in costs)
        return Cost(costs[-1], served["requests"] // times, served["bytes"] // times, seconds)

    def _served(self) -> dict[str, Any]:
        with urllib.request.urlopen(self._url) as answer:
            return dict(json.load(answer))


@contextmanager
def bucket(folder: Path, latency: float) -> Iterator[Bucket]:
    with serving(folder, latency, RATE) as url:
        yield Bucket(url)
