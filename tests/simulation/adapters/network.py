"""The network between the adapters and the services, and what goes wrong on it."""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from imagedrop.adapters.time_limits import IMS_CREATE
from imagedrop.ports import ImsError, ObjectsRefused, ObjectsUnavailable
from imagedrop_local.http import Request
from tests.simulation.adapters.dynamodb import DynamoDb
from tests.simulation.adapters.messages import Answer, Asked, error_answer
from tests.simulation.adapters.obs_service import ObsService
from tests.simulation.adapters.services import Ses, Sns, Sqs
from tests.simulation.faults import Faults
from tests.simulation.ims_network import ACCEPTED_503, BUSY, CREATE_FAULTS, LATE, LOST, ImsNetwork
from tests.simulation.places import Moment
from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.adapters.adapter_history import AdapterHistory

# Host -> the port whose adapter calls it.
HOSTS = {
    "obs.simulated": "objects",
    "ims.simulated": "images",
    "dynamodb.simulated": "ledger",
    "sqs.simulated": "queues",
    "sns.simulated": "topic",
    "ses.simulated": "mail",
}
BUSY_CODES = {"objects": "SlowDown", "images": "APIGW.0308"}
LONGEST_LIMIT = IMS_CREATE  # s
LONGEST_WAIT = 60.0  # s for an answer that never comes


@dataclass
class Broken(Exception):
    """A failure of the network. `at`: connect, send or answer. `error` None: an answer with `status` and `code`.
    `hangs`: after the time that the client waits."""

    at: str
    error: Exception | None = None
    hangs: bool = False
    status: int = 0
    code: str = ""


def _failures(port: str) -> Mapping[str, list[Broken]]:
    internal = Broken("answer", status=500, code="InternalError")
    unavailable = Broken("answer", status=503, code="ServiceUnavailable")
    busy = Broken("answer", status=429, code=BUSY_CODES.get(port, "ThrottlingException"))
    silence, reset = Broken("answer", TimeoutError("timed out"), hangs=True), ConnectionResetError(104, "reset")
    return {
        "before": [
            Broken("connect", ConnectionRefusedError(111, "refused")),
            Broken("connect", socket.gaierror(-3, "no such host")),
            Broken("connect", TimeoutError("timed out"), hangs=True),
            Broken("send", reset),
            Broken("send", BrokenPipeError(32, "broken pipe")),
            *(silence, internal, unavailable, busy),
        ],
        "after": [
            *(silence, internal, unavailable),
            Broken("answer", reset),
            Broken("answer", ssl.SSLError(1, "decryption failed")),
            Broken("answer", status=-1),  # the connection ends in the middle of the answer
        ],
    }


class NetworkFaults(Faults):
    """The same faults as in other histories, raised where the network raises them."""

    def _check_time(self, worker: Worker, name: str, call: str) -> None:
        """The adapters do that themselves."""

    def pause(self, worker: Worker, seconds: float, port: str, when: Moment) -> None:
        """Longer than any limit of a call: it fails, and little time is left for others."""
        super().pause(worker, seconds, port, when)
        if seconds >= LONGEST_LIMIT:
            worker.failed_ports.add(port)
            self.count_fault()

    def _outage(self, worker: Worker, name: str, call: str) -> None:
        try:
            super()._outage(worker, name, call)
        except (ObjectsUnavailable, ImsError) as error:
            if isinstance(error, ImsError) and error.kind == "held":
                raise Broken("answer", status=403, code=error.code) from None
            raise Broken("connect", ConnectionRefusedError(111, "refused")) from None
        except ObjectsRefused as error:
            raise Broken("answer", status=403, code=error.code) from None

    def _error(self, worker: Worker, name: str, call: str, when: str) -> Exception:
        if name == "mail" and when == "before" and worker.random.random() < 0.3:
            return Broken("answer", status=400, code="MessageRejected")
        return worker.random.choice(_failures(name)[when])


class Service(Protocol):
    def answer(self, asked: Asked) -> Answer: ...


class Network:
    def __init__(self, history: AdapterHistory) -> None:
        ports, self.history = history.ports, history
        self.services: Mapping[str, Service] = {
            "objects": ObsService(ports.objects),
            "images": ImsService(history.ims, self),
            "ledger": DynamoDb(ports.ledger),
            "queues": Sqs(ports.queues),
            "topic": Sns(ports.topic),
            "mail": Ses(ports.mail),
        }

    def connect(self, host: str, timeout: float) -> Exchange:
        return Exchange(self, HOSTS[host], timeout)

    def hang(self, timeout: float) -> None:
        self.history.workers.pause(min(timeout, LONGEST_WAIT))


class Exchange:
    """One request and its answer."""

    def __init__(self, network: Network, port: str, timeout: float) -> None:
        worker = network.history.workers.current
        assert worker is not None
        self._network, self._port, self._worker, self._sent = network, port, worker, bytearray()
        self._broken: Broken | None = None
        worker.calls += 1
        self._pass("before")
        self._fail_at("connect", timeout)

    def send(self, data: bytes) -> None:
        self._fail_at("send", 0)
        self._sent += data

    def answer(self, timeout: float) -> bytes:
        self._fail_at("answer", timeout)
        if self._broken is None:
            answer = self._network.services[self._port].answer(Asked.parse(bytes(self._sent)))
            if answer.status < 400:
                self._pass("after")
                self._fail_at("answer", timeout)
        broken = self._broken
        if broken is None:
            return answer.raw()
        if broken.status < 0:
            return answer.raw()[:-1] if answer.body else b"HTTP/1.1 2"
        return error_answer(self._port, broken.status, broken.code).raw()

    def _pass(self, moment: str) -> None:
        try:
            self._network.history.faults.at_call(self._worker, self._port, "call", moment)  # type: ignore[arg-type]
        except Broken as broken:
            self._broken = broken

    def _fail_at(self, at: str, timeout: float) -> None:
        if self._broken is not None and self._broken.at == at and self._broken.error is not None:
            if self._broken.hangs:
                self._network.hang(timeout)
            raise self._broken.error


class ImsService:
    """The IMS simulator. All requests are signed by Huawei's SDK, and checked."""

    def __init__(self, ims: ImsNetwork, network: Network) -> None:
        self._ims, self._network = ims, network
        ims.service._gateway.__dict__.pop("_check_signature")  # which checks only writes

    def answer(self, asked: Asked) -> Answer:
        history, request = self._network.history, _request(asked)
        self._ims.calls += 1
        if asked.method != "POST":
            return self._answer(request)
        worker = history.workers.current
        assert worker is not None
        fails = history.faults.occurs(worker, "create", history.rates.create_fault)
        fault = worker.random.choice(CREATE_FAULTS) if fails else None
        if fault is None:
            return self._answer(request)
        history.log(f"IMS: CreateImage, {fault}")
        if fault == BUSY:
            return error_answer("images", 429, BUSY_CODES["images"])
        if fault == LATE:
            history.schedule.run_later(self._ims.lateness(worker.random), lambda: self._answer(request))
        elif fault != LOST:
            self._answer(request)
        if fault == ACCEPTED_503:
            return error_answer("images", 503, "APIGW.0106")
        self._network.hang(LONGEST_WAIT / 3)
        raise TimeoutError("timed out")

    def _answer(self, request: Request) -> Answer:
        self._ims._admit_signed()
        _, handle = self._ims.service.route(request)
        response = handle()
        assert isinstance(response.body, bytes)
        if response.status >= 400:
            self._network.history.log(f"IMS: {response.status} {response.body.decode()}")
        return Answer(response.status, response.body, {"Content-Type": "application/json", **response.headers})


def _request(asked: Asked) -> Request:
    return Request(asked.method, asked.path, asked.query, asked.headers, io.BytesIO(asked.body), len(asked.body))
