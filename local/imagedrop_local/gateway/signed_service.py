"""A service all of whose calls are signed, and whose errors have the gateway's format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from imagedrop_local import gateway
from imagedrop_local.faults import Faults
from imagedrop_local.gateway import ApiError, Gateway
from imagedrop_local.gateway.routing import Routes
from imagedrop_local.http import Request, Response

Act = Callable[[Request, bytes], Response]  # the second is the request's body


class SignedService:
    name: str

    def __init__(self, admitting: Gateway, calls: Iterable[tuple[str, str, str, Act]], faults: Faults) -> None:
        """`calls`: method, path with `{project_id}`, name, act."""
        self._gateway, self._routes = admitting, Routes(calls)
        faults.register_calls(self.name, self._routes.calls())

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        found = self._routes.find(request.method, request.path)
        if found is None:
            return "Unknown", partial(self.error, 404, None, "the API does not exist or is not published")
        name, act, path = found
        return name, partial(self._answer, request, act, path["project_id"])

    def _answer(self, request: Request, act: Act, project_id: str) -> Response:
        try:
            answer = act(request, self._gateway.admit(request, project_id))
        except ApiError as error:
            answer = self.error(error.status, error.code, error.message)
        return gateway.with_request_id(answer)

    def error(self, status: int, code: str | None, message: str) -> Response:
        return gateway.error_response(status, code, message)
