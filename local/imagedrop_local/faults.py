"""Faults, set over HTTP at /_sim/faults: by service and call, so many times or with a probability."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["status", "timeout_before", "timeout_after", "reset", "slow", "drop", "duplicate", "reorder"]
EVENT_KINDS: frozenset[str] = frozenset({"drop", "duplicate", "reorder"})


class Fault(BaseModel):
    """One fault. `call` `*` is every call of the service; neither `times` nor `probability`: always."""

    model_config = ConfigDict(extra="forbid")

    service: Literal["obs", "ims", "smn"]
    call: str = "*"
    times: int | None = Field(None, ge=1)
    probability: float | None = Field(None, gt=0, le=1)
    fault: Kind
    status: int = Field(503, ge=400, le=599)
    code: str | None = None
    seconds: float = Field(2, ge=0, le=3600)

    @model_validator(mode="after")
    def one_measure(self) -> Fault:
        if self.times is not None and self.probability is not None:
            raise ValueError("give times or probability, not both")
        return self


class Faults:
    """The faults that are set, and how often each call was made. Thread-safe."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []
        self._chance = chance or random.Random()  # noqa: S311 - faults need no secrecy
        self.calls: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._set.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._set.clear()

    def listed(self) -> list[Fault]:
        with self._lock:
            return list(self._set)

    def count(self, service: str, call: str) -> None:
        with self._lock:
            self.calls[f"{service}.{call}"] += 1

    def strike(self, service: str, call: str, *, events: bool = False, exact: Kind | None = None) -> Fault | None:
        """The fault that hits this call now, used up by one; `events` picks among those for event deliveries.

        `exact`: what is struck is no HTTP call (a job, say): only a fault of this kind that names it.
        """
        with self._lock:
            for fault in self._set:
                if fault.service != service or fault.call not in ("*", call):
                    continue
                if (fault.fault in EVENT_KINDS) != events:
                    continue
                if exact is not None and (fault.call != call or fault.fault != exact):
                    continue
                if fault.probability is not None and self._chance.random() >= fault.probability:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._set.remove(fault)
                return fault
        return None
