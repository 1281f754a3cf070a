"""The IMS simulator behind imagedrop's own adapter, with a network that loses, delays and repeats requests."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import Message
from random import Random
from typing import Any
from urllib.parse import urlencode

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.ims.errors import error_from_response
from imagedrop.adapters.ims.images import ImsImages
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ImsError
from imagedrop.workflow.image_lookup import DROP_TAG
from imagedrop_local import faults as simulator_faults
from imagedrop_local.http import Request
from imagedrop_local.ims.create_requests import ImportRequest
from imagedrop_local.ims.service import Ims
from imagedrop_local.ims.sources import Source
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.memory import MemoryObjects, SettableClock
from tests.simulation.crowd import SIZE, Crowd
from tests.simulation.fake_objects import FakeObjects
from tests.simulation.fault_rates import SLOW_JOB, FaultRates
from tests.simulation.faults import Faults
from tests.simulation.ims_api import ImsApi
from tests.simulation.ims_project import Import, ImsProject
from tests.simulation.key_rotation import KeyRotation
from tests.simulation.workers import Worker, Workers
from tests.support import signed_requests

LATEST = 1_800.0  # s; longer than IMS accepts a request, by whichever clock: its gateway refuses what is too old
# What may happen to a CreateImage. The adapter sees the same error for the first three.
LOST, LATE, ANSWER_LOST = "the request is lost", "the request arrives late", "the response is lost"
BUSY, NO_CONNECTION, ACCEPTED_503 = "throttled", "no connection", "503, though the request was accepted"
CREATE_FAULTS = (LOST, LATE, ANSWER_LOST, ANSWER_LOST, BUSY, NO_CONNECTION, ACCEPTED_503)


class ImsNetwork(ImsProject):
    """`port()` is imagedrop's adapter. `log` takes lines for the history's text; `on_import` gets every import."""

    def __init__(
        self, objects: MemoryObjects, clock: SettableClock, rates: FaultRates, workers: Workers, faults: Faults
    ) -> None:
        self._clock, self._rates, self._workers, self._faults = clock, rates, workers, faults
        switches = {name: value for name, value in rates.switches.items() if name in ImsSwitches.model_fields}
        self.switches = ImsSwitches(**switches)
        self._simulator_faults = simulator_faults.Faults(Random(rates.job_fails))
        self._plan_job_faults()
        self.service = Ims(
            FakeObjects(objects),  # type: ignore[arg-type] # has all that is used of Store
            None,
            signed_requests.CREDENTIALS,
            signed_requests.REGION,
            signed_requests.PROJECT,
            lambda: clock() + timedelta(seconds=rates.ims_clock_skew),
            rates.time_scale,
            self.switches,
            self._simulator_faults,
            Random(len(rates.switches)),
        )
        self.imports: list[Import] = []
        self.edited: set[str] = set()  # images that people gave another tag of imagedrop, or none
        start = clock.seconds()
        self._rotation = KeyRotation(rates, lambda: clock.seconds() - start)
        self._crowd = Crowd(self, Random(0)) if self._has_crowd() else None
        self.calls = 0
        self.log: Callable[[str], None] = lambda text: None
        self.run_later: Callable[[float, Callable[[], object]], None] = lambda seconds, run: None
        self.on_import: Callable[[Import], None] = lambda accepted: None
        self.lateness: Callable[[Random], float] = lambda random: random.random() * LATEST
        gateway = self.service._gateway
        check = gateway._check_signature
        # Reads are not signed: signing would take most of the time of a history. Writes are signed and checked.
        gateway._check_signature = (  # type: ignore[method-assign]
            lambda request, body: None if request.method == "GET" else check(request, body)
        )
        imports = self.service._imports
        self._submit, imports.submit = imports.submit, self._submit_import  # type: ignore[method-assign]

    def port(self, settings: Any, calls: Calls, function_clock: Callable[[], datetime]) -> ImsImages:
        api: Any = lambda: ImsApi(self, function_clock)  # noqa: E731
        return ImsImages(api, calls, settings, self._renew)

    def _has_crowd(self) -> bool:
        return self._rates.crowd and not self.switches.ims_names_unique and self.switches.ims_image_quota > SIZE

    def keys(self, worker: Worker | None, clock: Callable[[], datetime]) -> HuaweiKeys:
        if worker is None or not self._rotation.rotates:
            return HuaweiKeys(signed_requests.AK, signed_requests.SK)
        return self._rotation.keys_of(worker.name, clock)

    def _renew(self) -> bool:
        worker = self._workers.current
        renewed = worker is not None and self._rotation.renew(worker.name)
        self.log(f"the keys of IMS are read again: {'other ones' if renewed else 'the same'}")
        return renewed

    def _admit(self, ak: str) -> None:
        """Reads are not signed: only their access key is checked. Raises ImsError."""
        if not self._rotation.rotates:
            return
        if ak not in self._rotation.accepted():
            self.log(f"IMS: 401 {ak} is no longer valid")
            self._faults.count_fault()
            raise error_from_response(401, "APIGW.0301", "Incorrect IAM authentication information")

    def _plan_job_faults(self) -> None:
        def add(rate: float, **fault: Any) -> None:
            fault |= {"service": "ims", "call": "ImportJob", "probability": rate}
            self._simulator_faults.add(simulator_faults.Fault(**fault))

        for code in ("IMG.1075", "IMG.0072") if self._rates.job_fails else ():
            add(self._rates.job_fails / 2, fault="status", code=code)
        if self._rates.job_slow:
            add(self._rates.job_slow, fault="slow", seconds=SLOW_JOB)

    def stop_faults(self) -> None:
        """No import fails any more, and the quota is raised."""
        self._simulator_faults.clear()
        self.switches.__dict__.update(ims_image_quota=1_000_000, ims_rate=None)
        self._rotation.stop()

    # --- calls over the network

    def read(self, path: str, query: list[tuple[str, str]], keys: HuaweiKeys) -> Any:
        with self._faults.call("images", path.rpartition("/")[2]):
            self.calls += 1
            self._admit(keys.ak)
            if self._crowd and any(name == "marker" for name, _ in query):
                self.log("IMS: a listing has another page")
                self._crowd.add()
            return self._response(Request("GET", path, urlencode(query), Message(), io.BytesIO(), 0))

    def create(
        self, worker: Worker, body: Mapping[str, Any], function_clock: Callable[[], datetime], keys: HuaweiKeys
    ) -> Any:
        with self._faults.call("images", "CreateImage"):
            self.calls += 1
            at, path = function_clock(), "/v2/cloudimages/action"
            request = signed_requests.request("POST", path, dict(body), at=at, ak=keys.ak, sk=keys.sk)
            fails = self._faults.occurs(worker, "create", self._rates.create_fault)
            fault = worker.random.choice(CREATE_FAULTS) if fails else None
            if fault is None:
                self._admit_signed()
                return self._response(request)
            self.log(f"IMS: CreateImage, {fault}")
            if fault == BUSY:
                raise ImsError("busy", "APIGW.0308", fault)
            if fault == NO_CONNECTION:
                raise ImsError("undelivered", "NewConnectionError", fault)
            if fault == LATE:
                delay = self.lateness(worker.random)
                self.run_later(delay, lambda: self._send_without_response(request))
            elif fault in (ANSWER_LOST, ACCEPTED_503):
                self._send_without_response(request)
            raise ImsError("unknown", "503" if fault == ACCEPTED_503 else "ReadTimeoutError", fault)

    def _send_without_response(self, request: Request) -> None:
        try:
            self._admit_signed()
            self._response(request)
        except ImsError as error:
            self.log(f"IMS: refused, the response is lost: {error}")

    def _admit_signed(self) -> None:
        """The gateway checks signatures with the keys that are valid now."""
        if self._rotation.rotates:
            self.service._gateway._credentials = self._rotation.accepted()

    def _response(self, request: Request) -> Any:
        _, handle = self.service.route(request)
        response = handle()
        assert isinstance(response.body, bytes)
        document = json.loads(response.body or b"{}")
        if response.status < 300:
            return document
        error = document.get("error", {})
        code = error.get("code", document.get("error_code"))
        message = error.get("message", document.get("error_msg"))
        self.log(f"IMS: {response.status} {code} {message}")
        raise error_from_response(response.status, code, message)

    def _submit_import(self, request: ImportRequest, sources: list[Source], now: datetime) -> str:
        job_id: str = self._submit(request, sources, now)
        job = self.service._imports._records.get(job_id)
        assert job is not None
        drop_id = job["parts"][0]["tags"][DROP_TAG]
        self.log(f"IMS: job {job_id[:6]} for {drop_id[:6]}, until {job['due'][11:19]}")
        self.imports.append(Import(drop_id, job["parts"][0]["key"], job, self._clock.seconds()))
        self.on_import(self.imports[-1])
        return job_id

    def delete_image(self, image_id: str) -> None:
        """Another client deletes an image."""
        self._admit_signed()
        ak, sk = next(iter(self.service._gateway._credentials.items()))
        request = signed_requests.request("DELETE", f"/v2/images/{image_id}", at=self.service._clock(), ak=ak, sk=sk)
        self._send_without_response(request)
