"""Faults, set over HTTP at /_sim/faults: for a service and call, a number of times or with a probability."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Kind = Literal["status", "timeout_before", "timeout_after", "reset", "slow", "drop", "duplicate", "reorder"]
EVENT_KINDS: frozenset[str] = frozenset({"drop", "duplicate", "reorder"})
# Names that stand for something other than an HTTP call (deliveries of events, running jobs), and their faults.
PSEUDO_CALLS: dict[tuple[str, str], frozenset[str]] = {
    ("obs", "Event"): EVENT_KINDS,
    ("smn", "Event"): EVENT_KINDS,
    ("smn", "Push"): EVENT_KINDS,
    ("eg", "Push"): EVENT_KINDS,
    ("ims", "ImportJob"): frozenset({"status", "slow"}),
}


class Fault(BaseModel):
    """`call` `*`: every call of the service. Neither `times` nor `probability`: always. `after`: the call takes effect
    before the error or the reset, so the client does not know its outcome."""

    model_config = ConfigDict(extra="forbid")

    service: Literal["obs", "ims", "smn", "eg", "kms"]
    call: str = "*"
    times: int | None = Field(None, ge=1)
    probability: float | None = Field(None, gt=0, le=1)
    fault: Kind
    status: int = Field(503, ge=400, le=599)
    code: str | None = None
    seconds: float = Field(2, ge=0, le=3600)
    after: bool = False

    @model_validator(mode="after")
    def check_measure(self) -> Fault:
        if self.times is not None and self.probability is not None:
            raise ValueError("give times or probability, not both")
        return self

    @model_validator(mode="after")
    def check_call(self) -> Fault:
        if self.fault in EVENT_KINDS and self.service == "ims":
            raise ValueError(f"{self.fault} is for events, of obs (Event), smn (Event, Push) and eg (Push)")
        allowed = PSEUDO_CALLS.get((self.service, self.call))
        if allowed and self.fault not in allowed:
            raise ValueError(f"{self.call} takes {', '.join(sorted(allowed))}")
        if not allowed and self.call != "*" and self.fault in EVENT_KINDS:
            raise ValueError(f"{self.fault} is for events: call is Event, Push (of smn and eg) or *")
        if self.after and self.fault not in ("status", "reset"):
            raise ValueError("after is for status and reset")
        return self


class InvalidFault(ValueError):
    """The fault cannot be set; the message says why."""


def parse_fault(body: bytes) -> Fault:
    """The fault in a JSON body. Raises InvalidFault."""
    try:
        return Fault.model_validate_json(body)
    except ValidationError as error:
        details = error.errors()
        messages = (
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" if item["loc"] else item["msg"] for item in details
        )
        raise InvalidFault("; ".join(messages)) from None


class Faults:
    """The faults that are set, and the number of calls. Thread-safe."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []
        self._known: dict[str, frozenset[str]] = {}
        self._rng = rng or random.Random()  # noqa: S311 - faults need no secrecy
        self.calls: Counter[str] = Counter()

    def register_calls(self, service: str, calls: Iterable[str]) -> None:
        """The calls of a service: `add` refuses a fault for any other, because it would never apply."""
        self._known[service] = frozenset(calls) | {call for owner, call in PSEUDO_CALLS if owner == service} | {"*"}

    def add(self, fault: Fault) -> None:
        """Raises InvalidFault if the service has no such call."""
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

    def take(self, service: str, call: str, *, events: bool = False, only: Kind | None = None) -> Fault | None:
        """The fault to apply to this call now, if any; its `times` goes down by one. `events`: choose among the faults
        for deliveries of events.

        `only`: choose a fault of this kind that names the call. For pseudo-calls, such as a job.
        """
        with self._lock:
            for fault in self._set:
                if _applies(fault, service, call, events, only) and self._happens(fault):
                    self._use(fault)
                    return fault
        return None

    def _happens(self, fault: Fault) -> bool:
        return fault.probability is None or self._rng.random() < fault.probability

    def _use(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if not fault.times:
                self._set = [other for other in self._set if other is not fault]


def _applies(fault: Fault, service: str, call: str, events: bool, only: Kind | None) -> bool:
    if fault.service != service or fault.call not in ("*", call) or (fault.fault in EVENT_KINDS) != events:
        return False
    return only is None or (fault.call == call and fault.fault == only)
