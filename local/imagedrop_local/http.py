"""The HTTP server of the simulators: faults, and the control at /_sim.

A service only names the call of a request and answers it. The server counts calls, applies faults and serves /_sim.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from typing import Any, Protocol

from imagedrop_local import faults
from imagedrop_local.faults import Fault, Faults
from imagedrop_local.web.messages import CHUNK, Body, CloseConnection, FileSlice, Request, Response
from imagedrop_local.web.server import HttpServer

MAX_FAULT_BODY = 64 << 10  # bytes

__all__ = ["CHUNK", "Body", "CloseConnection", "FileSlice", "Request", "Response", "Server", "Service"]


class Service(Protocol):
    name: str

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        """The call's name in the SDK (`CreateImage`) and the function that answers it."""

    def error(self, status: int, code: str | None, message: str) -> Response:
        """An error in the service's format."""


class Control(Protocol):
    """Answers /_sim on every server."""

    faults: Faults

    def state(self) -> dict[str, Any]: ...


class Server(HttpServer):
    """A service on 127.0.0.1. Port 0: any free one. Raises OSError if the port is in use."""

    def __init__(self, service: Service, control: Control, port: int = 0, host: str = "127.0.0.1") -> None:
        self.service, self.control = service, control
        super().__init__(service.name, self.answer, port, host)

    def answer(self, request: Request) -> Response:
        path = urllib.parse.unquote(request.path)
        if path.startswith("/_sim/"):
            return _control(self.control, request, path)
        try:
            return self._serve(request)
        except (CloseConnection, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001 - the client gets a 500 and not a closed connection
            return self.service.error(500, "InternalError", f"{type(error).__name__}: {error}")

    def _serve(self, request: Request) -> Response:
        call, act = self.service.route(request)
        self.control.faults.count(self.service.name, call)
        fault = self.control.faults.take(self.service.name, call)
        return act() if fault is None else self._apply_fault(fault, act)

    def _apply_fault(self, fault: Fault, act: Callable[[], Response]) -> Response:
        if fault.after:
            act().close()
        if fault.fault == "status":
            return self.service.error(fault.status, fault.code, "set at /_sim/faults")
        if fault.fault == "reset":
            raise CloseConnection
        if fault.fault == "timeout_before":
            self.closing.wait(fault.seconds)
            raise CloseConnection
        response = act()
        self.closing.wait(fault.seconds)
        if fault.fault == "timeout_after":
            response.close()
            raise CloseConnection
        return response


def _control(control: Control, request: Request, path: str) -> Response:
    if path == "/_sim/state":
        if request.method == "GET":
            return Response.json(200, control.state())
        return Response.json(405, {"error": "GET"})
    if path != "/_sim/faults":
        return Response.json(404, {"error": "use /_sim/state (GET) or /_sim/faults (GET, POST, DELETE)"})
    if request.method == "POST":
        try:
            control.faults.add(faults.parse_fault(request.body(MAX_FAULT_BODY)))
        except ValueError as error:
            return Response.json(400, {"error": str(error)})
    elif request.method == "DELETE":
        control.faults.clear()
    elif request.method != "GET":
        return Response.json(405, {"error": "GET, POST or DELETE"})
    return Response.json(200, {"faults": [fault.model_dump(exclude_none=True) for fault in control.faults.active()]})
