"""Faults, set over HTTP at /_sim/faults: by service and call, so many times or with a probability."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Kind = Literal["status", "timeout_before", "timeout_after", "reset", "slow", "drop", "duplicate", "reorder"]
EVENT_KINDS: frozenset[str] = frozenset({"drop", "duplicate", "reorder"})
# What is struck though it is no HTTP call, and by which kinds: deliveries of events, and running jobs.
PSEUDO_CALLS: dict[tuple[str, str], frozenset[str]] = {
    ("obs", "Event"): EVENT_KINDS,
    ("smn", "Event"): EVENT_KINDS,
    ("smn", "Push"): EVENT_KINDS,
    ("ims", "ImportJob"): frozenset({"status", "slow"}),
}


class Fault(BaseModel):
    """One fault. `call` `*` is every call of the service; neither `times` nor `probability`: always. `after`: the call
    has its effect before the status or the reset, which makes its outcome unknown."""

    model_config = ConfigDict(extra="forbid")

    service: Literal["obs", "ims", "smn"]
    call: str = "*"
    times: int | None = Field(None, ge=1)
    probability: float | None = Field(None, gt=0, le=1)
    fault: Kind
    status: int = Field(503, ge=400, le=599)
    code: str | None = None
    seconds: float = Field(2, ge=0, le=3600)
    after: bool = False

    @model_validator(mode="after")
    def one_measure(self) -> Fault:
        if self.times is not None and self.probability is not None:
            raise ValueError("give times or probability, not both")
        return self

    @model_validator(mode="after")
    def strikes_something(self) -> Fault:
        if self.fault in EVENT_KINDS and self.service == "ims":
            raise ValueError(f"{self.fault} is for events, of obs (Event) and smn (Event, Push)")
        own = PSEUDO_CALLS.get((self.service, self.call))
        if own and self.fault not in own:
            raise ValueError(f"{self.call} takes {', '.join(sorted(own))}")
        if not own and self.call != "*" and self.fault in EVENT_KINDS:
            raise ValueError(f"{self.fault} is for events: call is Event, Push (of smn) or *")
        if self.after and self.fault not in ("status", "reset"):
            raise ValueError("after is for status and reset")
        return self


class InvalidFault(ValueError):
    """It cannot be set; says in words why not."""


def parse_fault(body: bytes) -> Fault:
    """The fault in a JSON body. Raises BadFault."""
    try:
        return Fault.model_validate_json(body)
    except ValidationError as error:
        told = (
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" if one["loc"] else one["msg"] for one in error.errors()
        )
        raise InvalidFault("; ".join(told)) from None


class Faults:
    """The faults that are set, and how often each call was made. Thread-safe."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []
        self._known: dict[str, frozenset[str]] = {}
        self._chance = chance or random.Random()  # noqa: S311 - faults need no secrecy
        self.calls: Counter[str] = Counter()

    def register_calls(self, service: str, calls: Iterable[str]) -> None:
        """Says which calls a service has: a fault for another one would never strike."""
        self._known[service] = frozenset(calls) | {call for owner, call in PSEUDO_CALLS if owner == service} | {"*"}

    def add(self, fault: Fault) -> None:
        """Raises BadFault for a call that its service has not."""
        known = self._known.get(fault.service, frozenset({fault.call}))
        if fault.call not in known:
            raise InvalidFault(f"call: {fault.service} has no {fault.call!r}, but {', '.join(sorted(known))}")
        with self._lock:
            self._set.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._set.clear()

    def active(self) -> list[Fault]:
        with self._lock:
            return [fault.model_copy() for fault in self._set]

    def count(self, service: str, call: str) -> None:
        with self._lock:
            self.calls[f"{service}.{call}"] += 1

    def take(self, service: str, call: str, *, events: bool = False, exact: Kind | None = None) -> Fault | None:
        """The fault that hits this call now, used up by one; `events` picks among those for event deliveries.

        `exact`: what is struck is no HTTP call (a job, say): only a fault of this kind that names it.
        """
        with self._lock:
            for fault in self._set:
                if _meets(fault, service, call, events, exact) and self._happens(fault):
                    self._use(fault)
                    return fault
        return None

    def _happens(self, fault: Fault) -> bool:
        return fault.probability is None or self._chance.random() < fault.probability

    def _use(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if not fault.times:
                self._set = [one for one in self._set if one is not fault]


def _meets(fault: Fault, service: str, call: str, events: bool, exact: Kind | None) -> bool:
    if fault.service != service or fault.call not in ("*", call) or (fault.fault in EVENT_KINDS) != events:
        return False
    return exact is None or (fault.call == call and fault.fault == exact)
