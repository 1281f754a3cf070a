"""IMS: its simulator, asked by imagedrop's own adapter, with a network between them that loses, delays and fails."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from random import Random
from typing import Any
from urllib.parse import urlencode

from imagedrop.adapters.ims.errors import error_from_response
from imagedrop.adapters.ims.images import ImsImages
from imagedrop.ports import ImsError
from imagedrop.workflow.image_lookup import DROP_TAG
from imagedrop_local.faults import Fault, Faults
from imagedrop_local.http import Request
from imagedrop_local.ims.service import Ims
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.memory import MemoryObjects, SettableClock
from tests.simulation.fake_objects import Shelf
from tests.simulation.fault_rates import Climate
from tests.simulation.faults import Weather
from tests.simulation.ims_api import Api
from tests.simulation.workers import Worker, Workers
from tests.support import signed_requests

SIGNED_FOR = 900.0  # s; so long may a request that was sent be accepted
# What may become of a CreateImage. Two of them the adapter cannot tell from each other, nor from the third.
LOST, LATE, TAKEN = "the request is lost", "the request comes late", "the answer is lost"
BUSY, AWAY, BROKEN = "IMS has no time", "no connection", "503, and it was taken"
FATES = (LOST, LATE, TAKEN, TAKEN, BUSY, AWAY, BROKEN)


@dataclass
class Made:
    """An import that IMS has accepted, and when."""

    drop_id: str
    key: str
    job: dict[str, Any]
    at: float

    @property
    def image_ids(self) -> list[str]:
        return [part["image_id"] for part in self.job["parts"]]


class ImsSide:
    """`images` is the port. `say` takes the story's lines; `accepted` and `asking` are told of every import."""

    def __init__(
        self, objects: MemoryObjects, clock: SettableClock, climate: Climate, workers: Workers, weather: Weather
    ) -> None:
        self._clock, self._climate, self._workers, self._weather = clock, climate, workers, weather
        own = {name: value for name, value in climate.switches.items() if name in ImsSwitches.model_fields}
        self.switches = ImsSwitches(**own)
        self._faults = Faults(Random(climate.job_fails))
        self._fail_jobs()
        self.service = Ims(
            Shelf(objects),  # type: ignore[arg-type] # its errors are no matter here
            None,
            signed_requests.CREDENTIALS,
            signed_requests.REGION,
            signed_requests.PROJECT,
            lambda: clock() + timedelta(seconds=climate.ims_skew),
            climate.time_scale,
            self.switches,
            self._faults,
            Random(len(climate.switches)),
        )
        self.made: list[Made] = []
        self.calls = 0
        self.say: Callable[[str], None] = lambda text: None
        self.later: Callable[[float, Callable[[], object]], None] = lambda seconds, act: None
        self.accepted: Callable[[Made], None] = lambda made: None
        gateway = self.service._gateway
        check = gateway._check_signature
        # Reads are not signed here, which costs more than all else of them; what is sent to be done is.
        gateway._check_signature = (  # type: ignore[method-assign]
            lambda request, body: None if request.method == "GET" else check(request, body)
        )
        imports = self.service._imports
        self._submit, imports.submit = imports.submit, self._taken_on  # type: ignore[method-assign]

    def port(self, settings: Any, sleep: Any, random: Any, function_clock: Callable[[], datetime]) -> ImsImages:
        api: Any = lambda: Api(self, function_clock)  # noqa: E731
        return ImsImages(api, sleep, random, settings)

    def _fail_jobs(self) -> None:
        for code in ("IMG.1075", "IMG.0072") if self._climate.job_fails else ():
            chance = self._climate.job_fails / 2
            self._faults.add(Fault(service="ims", call="ImportJob", fault="status", code=code, probability=chance))
        if self._climate.job_slow:
            chance = self._climate.job_slow
            self._faults.add(Fault(service="ims", call="ImportJob", fault="slow", seconds=3600, probability=chance))

    def calm_down(self) -> None:
        """No import fails any more, and an operator has seen to the quota."""
        self._faults.clear()
        self.switches.__dict__.update(ims_image_quota=1_000_000, ims_rate=None)

    # --- what comes over the network

    def read(self, path: str, query: list[tuple[str, str]]) -> Any:
        """A call that only reads."""
        with self._weather.call("images", path.rpartition("/")[2]):
            self.calls += 1
            return self._answer(Request("GET", path, urlencode(query), Message(), io.BytesIO(), 0))

    def create(self, worker: Worker, body: Mapping[str, Any], at: datetime) -> Any:
        with self._weather.call("images", "CreateImage"):
            self.calls += 1
            request = signed_requests.request("POST", "/v2/cloudimages/action", dict(body), at=at)
            struck = self._weather.strikes(worker, "create", self._climate.trouble)
            fate = worker.random.choice(FATES) if struck else None
            if fate is None:
                return self._answer(request)
            self.say(f"IMS: CreateImage, {fate}")
            if fate == BUSY:
                raise ImsError("busy", "APIGW.0308", fate)
            if fate == AWAY:
                raise ImsError("undelivered", "NewConnectionError", fate)
            if fate == LATE:
                self.later(worker.random.random() * (SIGNED_FOR - 60), lambda: self._anyway(request))
            elif fate in (TAKEN, BROKEN):
                self._anyway(request)
            raise ImsError("unknown", "503" if fate == BROKEN else "ReadTimeout", fate)

    def _anyway(self, request: Request) -> None:
        """Its answer reaches nobody."""
        try:
            self._answer(request)
        except ImsError as error:
            self.say(f"IMS: refused, and nobody knows: {error}")

    def _answer(self, request: Request) -> Any:
        _, act = self.service.route(request)
        response = act()
        assert isinstance(response.body, bytes)
        told = json.loads(response.body or b"{}")
        if response.status < 300:
            return told
        inner = told.get("error", {})
        code, message = inner.get("code", told.get("error_code")), inner.get("message", told.get("error_msg"))
        self.say(f"IMS: {response.status} {code} {message}")
        raise error_from_response(response.status, code, message)

    def _taken_on(self, order: Any, sources: Any, now: datetime) -> str:
        job_id: str = self._submit(order, sources, now)
        job = self.service._imports._records.get(job_id)
        assert job is not None
        tag = job["parts"][0]["tags"][DROP_TAG]
        self.say(f"IMS: {job_id[:6]} for {tag[:6]}, until {job['due'][11:19]}")
        self.made.append(Made(tag, job["parts"][0]["key"], job, self._clock.seconds()))
        self.accepted(self.made[-1])
        return job_id

    # --- what the world sees of it

    def shown(self) -> dict[str, dict[str, Any]]:
        """Every image that there is, seen by the API or not, as it is now."""
        images = self.service._images
        self.service._advance()
        return {image["id"]: images.as_api(image) for image in images.all()}

    def visible_tagged(self, drop_id: str) -> set[str]:
        """The images that a look-up by tag would find now."""
        self.service._advance()
        visible = self.service._images.visible()
        return {image["id"] for image in visible if f"{DROP_TAG}={drop_id}" in image["tags"]}

    def lives(self, made: Made) -> bool:
        """Its system image may still come to be used: neither failed nor deleted."""
        self.service._advance()
        image = self.service._images.get(made.image_ids[0])
        return image is not None and image["status"] not in ("killed", "deleted") and made.job["status"] != "FAIL"

    def remove(self, image_id: str) -> None:
        """Somebody deletes an image."""
        request = signed_requests.request("DELETE", f"/v2/images/{image_id}", at=self.service._clock())
        self._anyway(request)
