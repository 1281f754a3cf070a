"""Keys of Huawei Cloud that change in mid-flight: rotated by an operator, or temporary ones that expire."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from imagedrop.adapters.secrets import HuaweiKeys, Secrets
from tests.simulation.fault_rates import NEVER, FaultRates
from tests.support import signed_requests

SECRET_ID = "huawei"
OVERLAP = 300.0  # s for which the old keys still work, in every second rotation


class KeyRotation:
    """IMS gets new keys every `rates.keys_live` s, and Secrets Manager `rates.keys_late` s later. Each function reads
    them through the real cache. `now`: s from the start."""

    def __init__(self, rates: FaultRates, now: Callable[[], float]) -> None:
        self._rates, self._now = rates, now
        self._caches: dict[str, Secrets] = {}
        self.stopped_at = NEVER

    @property
    def rotates(self) -> bool:
        return self._rates.keys_live < NEVER

    def stop(self) -> None:
        """No key changes any more, and Secrets Manager has the present one."""
        self.stopped_at = self._now()

    def accepted(self) -> dict[str, str]:
        """Access key -> secret key, as IMS accepts them now."""
        now = min(self._now(), self.stopped_at)
        number, age = divmod(now, self._rates.keys_live)
        numbers = [number, number - 1] if number % 2 and age < OVERLAP else [number]
        return dict(_keys(int(number)) for number in numbers)

    def keys_of(self, function: str, clock: Callable[[], datetime]) -> HuaweiKeys:
        cache = self._caches.setdefault(function, Secrets(lambda: self, clock))
        return HuaweiKeys.parse(cache.get(SECRET_ID))

    def renew(self, function: str) -> bool:
        return function in self._caches and self._caches[function].renew(SECRET_ID)

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        """As boto3's client of Secrets Manager."""
        late = 0.0 if self._now() >= self.stopped_at else self._rates.keys_late
        number = max(0.0, min(self._now(), self.stopped_at) - late) // self._rates.keys_live
        ak, sk = _keys(int(number))
        return {"SecretString": json.dumps({"ak": ak, "sk": sk})}


def _keys(number: int) -> tuple[str, str]:
    return f"{signed_requests.AK}-{number}", f"{signed_requests.SK} {number}"
