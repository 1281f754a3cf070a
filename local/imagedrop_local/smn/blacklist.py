"""Endpoints that failed so often that SMN sends them nothing for a while (SMN FAQ: HTTP push)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from imagedrop_local.smn.switches import SmnSwitches


class Blacklist:
    """Not thread-safe. `clock`: seconds."""

    def __init__(self, switches: SmnSwitches, clock: Callable[[], float]) -> None:
        self._switches, self._clock = switches, clock
        self._failed: Counter[str] = Counter()
        self._until: dict[str, float] = {}

    def contains(self, endpoint: str) -> bool:
        return self._clock() < self._until.get(endpoint, float("-inf"))

    def record_result(self, endpoint: str, *, failed: bool) -> None:
        """A push to the endpoint was given up (`failed`) or answered."""
        self._failed[endpoint] = self._failed[endpoint] + 1 if failed else 0
        after = self._switches.smn_blacklist_after
        if after is not None and self._failed[endpoint] >= after:
            self._failed[endpoint] = 0
            self._until[endpoint] = self._clock() + self._switches.smn_blacklist_time
