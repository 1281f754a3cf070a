"""Endpoints that have failed so often that SMN leaves them alone for a while (SMN FAQ: HTTP push)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from imagedrop_local.smn.switches import SmnSwitches


class Blacklist:
    """Not thread-safe. `clock`: s."""

    def __init__(self, switches: SmnSwitches, clock: Callable[[], float]) -> None:
        self._switches, self._clock = switches, clock
        self._failed: Counter[str] = Counter()
        self._until: dict[str, float] = {}

    def holds(self, endpoint: str) -> bool:
        return self._clock() < self._until.get(endpoint, float("-inf"))

    def heard(self, endpoint: str, *, failed: bool) -> None:
        """A push to it was given up, or it answered."""
        self._failed[endpoint] = self._failed[endpoint] + 1 if failed else 0
        after = self._switches.smn_blacklist_after
        if after is not None and self._failed[endpoint] >= after:
            self._failed[endpoint] = 0
            self._until[endpoint] = self._clock() + self._switches.smn_blacklist_time
