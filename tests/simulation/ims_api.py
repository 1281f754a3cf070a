"""One connection to IMS, as imagedrop's adapter opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from tests.support import signed_requests

if TYPE_CHECKING:
    from tests.simulation.ims_network import ImsSide


class Api:
    """One connection, as imagedrop's adapter opens them."""

    def __init__(self, side: ImsSide, clock: Callable[[], datetime]) -> None:
        worker = side._workers.current
        self._side, self._clock, self._worker = side, clock, worker

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def create(self, body: Mapping[str, Any]) -> Any:
        assert self._worker is not None
        return self._side.create(self._worker, body, self._clock())

    def job(self, call: str, job_id: str) -> Any:
        path = f"/v1/{signed_requests.PROJECT}/jobs/{job_id}" if call == "ShowJob" else f"/v1/cloudimages/job/{job_id}"
        return self._side.read(path, [])

    def images(self, **filters: Any) -> Any:
        named = {"imagetype": "__imagetype"}
        return self._side.read(
            "/v2/cloudimages", [(named.get(name, name), str(value)) for name, value in filters.items()]
        )
