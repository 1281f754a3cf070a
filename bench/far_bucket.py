"""What readers take over a bucket far away, counted by the bucket."""

from __future__ import annotations

import json
import statistics
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.reader_process import Told, ask
from bench.server import serving

RATE = 100e6  # bytes per second of all connections together
NEAR, FAR = 0.020, 0.150  # seconds to the first byte: a bucket in the region, a bucket across an ocean
PEERS = Path(__file__).parents[1] / ".venv-bench/bin/python"


class Cost(NamedTuple):
    """Of one reading; `seconds` is the median of several."""

    told: Told
    requests: int
    bytes: int
    seconds: float

    @property
    def trips(self) -> int:
        """A reader that does not count them sends one request after the other."""
        return self.told.trips or self.requests


Reader = Callable[[str], Told]


def ours(url: str) -> Told:
    return ask(sys.executable, "bench.imagedrop_reader", url)


def dissect(url: str) -> Told:
    return ask(str(PEERS), "bench.peers.dissect_reader", url)


def libyal(url: str) -> Told:
    return ask(str(PEERS), "bench.peers.libyal_reader", url)


class Bucket:
    def __init__(self, url: str) -> None:
        self._url = url

    def cost(self, reader: Reader, file: str, times: int = 3) -> Cost:
        self._served()
        told = [reader(f"{self._url}/{file}") for _ in range(times)]
        served = self._served()
        seconds = statistics.median(one.seconds for one in told)
        return Cost(told[-1], served["requests"] // times, served["bytes"] // times, seconds)

    def _served(self) -> dict[str, Any]:
        with urllib.request.urlopen(self._url) as answer:
            return dict(json.load(answer))


@contextmanager
def bucket(folder: Path, latency: float) -> Iterator[Bucket]:
    with serving(folder, latency, RATE) as url:
        yield Bucket(url)
