"""The HTTP server of the simulators: threads, keep-alive, streamed bodies, and faults.

A service only names the call of a request and answers it. The server counts calls, applies faults and serves /_sim.
"""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Callable
from functools import partial

from imagedrop_local import faults
from imagedrop_local.faults import Fault
from imagedrop_local.web.handler import Httpd, handler_class
from imagedrop_local.web.messages import CHUNK, Body, CloseConnection, Control, FileSlice, Request, Response, Service

MAX_FAULT_BODY = 64 << 10  # bytes

__all__ = ["CHUNK", "Body", "CloseConnection", "Control", "FileSlice", "Request", "Response", "Server", "Service"]


class Server:
    """A service on 127.0.0.1. Port 0: any free one. Raises OSError if the port is in use."""

    def __init__(self, service: Service, control: Control, port: int = 0, host: str = "127.0.0.1") -> None:
        self.service, self.control = service, control
        self.closing = threading.Event()
        try:
            self._httpd = Httpd((host, port), handler_class(self.answer))
        except OSError as error:
            raise OSError(error.errno, f"{service.name} cannot listen on {host}:{port}: {error.strerror}") from None
        self.port: int = self._httpd.server_address[1]
        self.url = f"http://{host}:{self.port}"
        serve = partial(self._httpd.serve_forever, 0.05)  # s; `stop` waits at most this long
        self._thread = threading.Thread(target=serve, name=f"sim-{service.name}", daemon=True)

    def start(self) -> Server:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.closing.set()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._httpd.hang_up()
        self._thread.join(5)

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
