"""Samples the memory of the stack's processes while drops go through: none may grow with every drop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.chaos.world import World

EVERY = 1.0  # s
WARMED_UP = 100  # ended drops; until then functions still import modules and fill caches


@dataclass(frozen=True)
class Sample:
    """MB of resident memory. `functions`: of the largest function; `ministack`: keeps every mail and log line."""

    ended: int
    functions: float
    ministack: float


@dataclass
class MemorySampler:
    """`with MemorySampler(world) as sampler:`, then `str(sampler)`."""

    world: World
    samples: list[Sample] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()

    def __str__(self) -> str:
        """The memory when each quarter of the drops had ended: what grows with every drop grows in each."""
        after = [sample for sample in self.samples if sample.ended >= WARMED_UP]
        if not after or after[-1].ended == after[0].ended:
            return f"memory: fewer than {WARMED_UP} drops ended while it was sampled"
        first, last = after[0].ended, after[-1].ended
        chosen = [_first_with(after, first + (last - first) * quarter // 4) for quarter in range(5)]
        functions = ", ".join(f"{at.functions:.0f} after {at.ended}" for at in chosen)
        ministack = ", ".join(f"{at.ministack:.0f} after {at.ended}" for at in chosen)
        return f"MB of the largest function: {functions} drops\nMB of ministack: {ministack} drops"

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            ended = len({notice.end for notice in list(self.world.observed.notices) if notice.channel == "result"})
            ministack, functions = self.world.stack.memory()
            if functions:
                self.samples.append(Sample(ended, max(functions), ministack))


def _first_with(samples: list[Sample], ended: int) -> Sample:
    return next(sample for sample in samples if sample.ended >= ended)
