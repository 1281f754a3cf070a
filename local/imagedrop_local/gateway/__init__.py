"""The API gateway of IMS and SMN: checks signature, project and call rate.

Errors of the gateway have their own format, `{"error_msg", "error_code"}`; the service's errors have the service's.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from imagedrop_local.gateway.signature import signature_error
from imagedrop_local.http import Request, Response

MAX_BODY = 12 << 20  # bytes; Huawei Cloud: AK/SK authentication


class ApiError(Exception):
    """The call is answered with this error. `code` None: only the status is known."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


class Gateway:
    """Admits signed calls of one project, at most `rate()` a minute (None: no limit)."""

    def __init__(
        self,
        credentials: Mapping[str, str],
        project_id: str,
        clock: Callable[[], datetime],
        rate: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`credentials`: access key -> secret key."""
        self._credentials, self._project_id, self._clock, self._rate = credentials, project_id, clock, rate
        self._admitted: deque[datetime] = deque()

    def admit(self, request: Request, project_id: str | None = None) -> bytes:
        """The body of an admitted call. `project_id`: the one in the path. Raises ApiError."""
        try:
            body = request.body(MAX_BODY)
        except ValueError:
            raise ApiError(413, "APIGW.0201", f"request entity too large: at most {MAX_BODY} bytes") from None
        self._check_signature(request, body)
        self._check_project(request, project_id)
        self._throttle()
        return body

    def _check_signature(self, request: Request, body: bytes) -> None:
        problem = signature_error(request, body, self._credentials, self._clock())
        if problem:
            raise ApiError(401, "APIGW.0301", f"Incorrect IAM authentication information: {problem}")

    def _check_project(self, request: Request, in_path: str | None) -> None:
        for given in (in_path, request.headers.get("X-Project-Id")):
            if given is not None and given != self._project_id:
                raise ApiError(403, "APIGW.0302", f"the caller may not act in project {given}")

    def _throttle(self) -> None:
        rate, now = self._rate(), self._clock()
        while self._admitted and self._admitted[0] <= now - timedelta(minutes=1):
            self._admitted.popleft()
        if rate is not None and len(self._admitted) >= rate:
            raise ApiError(
                429,
                "APIGW.0308",
                f"The throttling threshold has been reached: policy user over ratelimit,limit:{rate},time:1 minute",
            )
        self._admitted.append(now)


def with_request_id(response: Response) -> Response:
    """The response with the header X-Request-Id, which every answer has."""
    response.headers.setdefault("X-Request-Id", uuid.uuid4().hex)
    return response


_BY_STATUS = {400: "APIGW.0106", 401: "APIGW.0301", 403: "APIGW.0302", 404: "APIGW.0101", 429: "APIGW.0308"}


def error_response(status: int, code: str | None, message: str) -> Response:
    """An error in the gateway's format."""
    return Response.json(status, {"error_msg": message, "error_code": code or _BY_STATUS.get(status, "APIGW.0602")})
