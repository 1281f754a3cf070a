"""The IMS client that the adapter gets in histories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from tests.support import signed_requests

if TYPE_CHECKING:
    from tests.simulation.ims_network import ImsNetwork


class ImsApi:
    """One connection of the current worker."""

    def __init__(self, ims: ImsNetwork, clock: Callable[[], datetime]) -> None:
        worker = ims._workers.current
        self._ims, self._clock, self._worker = ims, clock, worker
        self._keys = ims.keys(worker, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def create(self, body: Mapping[str, Any]) -> Any:
        assert self._worker is not None
        return self._ims.create(self._worker, body, self._clock, self._keys)

    def job(self, call: str, job_id: str) -> Any:
        path = f"/v1/{signed_requests.PROJECT}/jobs/{job_id}" if call == "ShowJob" else f"/v1/cloudimages/job/{job_id}"
        return self._ims.read(path, [], self._keys)

    def images(self, **filters: Any) -> Any:
        parameters = {"imagetype": "__imagetype"}
        query = [(parameters.get(name, name), str(value)) for name, value in filters.items()]
        return self._ims.read("/v2/cloudimages", query, self._keys)
