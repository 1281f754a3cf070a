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
        after = [sample for sample in self.samples if sample.ended >= WARMED_UP]
        if not after or after[-1].ended == after[0].ended:
            return f"memory: fewer than {WARMED_UP} drops ended while it was sampled"
        first, last = after[0], after[-1]
        drops = last.ended - first.ended
        return "\n".join(
            f"memory of {what}: {begin:.0f} MB after {first.ended} drops, {end:.0f} MB after {last.ended}, "
            f"{(end - begin) * 1000 / drops:+.1f} kB per drop"
            for what, begin, end in (
                ("the largest function", first.functions, last.functions),
                ("ministack", first.ministack, last.ministack),
            )
        )

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            ended = len({notice.end for notice in list(self.world.observed.notices) if notice.channel == "result"})
            ministack, functions = self.world.stack.memory()
            if functions:
                self.samples.append(Sample(ended, max(functions), ministack))
