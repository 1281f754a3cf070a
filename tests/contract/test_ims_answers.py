"""Answers of IMS, and of whatever else may answer at its address, to CreateImage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from imagedrop import __version__
from imagedrop.adapters.ims.images import ImsImages, open_connection
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ImsError
from imagedrop_local.memory import memory_settings
from tests.support.peer import Peer, Respond, answer, closed_port, reset
from tests.support.service_calls import quick_calls


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def make(respond: Respond) -> Peer:
        made.append(Peer(respond))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def create(endpoint: str) -> str:
    settings = memory_settings(ims_endpoint=endpoint)
    connect = partial(open_connection, settings, lambda: HuaweiKeys("AK", "SK"))
    return ImsImages(connect, quick_calls(), settings).create({"name": "n"})


def failure(endpoint: str) -> ImsError:
    with pytest.raises(ImsError) as raised:
        create(endpoint)
    return raised.value


NO_JOB_ID = [b"", b"[1]", b'"job"', b"5", b"null", b'{"job_id": 7}', b'{"job_id": ""}']


@pytest.mark.parametrize(
    ("body", "code"), [*((body, "no_job_id") for body in NO_JOB_ID), (b"<html>", "no_json"), (b"\xff", "no_json")]
)
def test_response_without_a_job_id_is_unknown_and_not_retried(
    peer: Callable[..., Peer], body: bytes, code: str
) -> None:
    server = peer(answer(body))
    error = failure(f"http://127.0.0.1:{server.port}")
    assert (error.kind, error.code) == ("unknown", code)
    assert server.requests() == 1


def test_error_raised_while_another_is_handled_has_its_own_class(peer: Callable[..., Peer]) -> None:
    server = peer(reset)

    def second_try() -> str:
        try:
            with closed_port() as endpoint:
                return create(endpoint)
        except ImsError:
            return create(f"http://127.0.0.1:{server.port}")

    with pytest.raises(ImsError) as raised:
        second_try()
    assert raised.value.kind == "unknown"


@pytest.mark.parametrize("token", [None, "a-token"])
def test_request_has_the_version_the_project_and_the_token_of_temporary_keys(
    peer: Callable[..., Peer], token: str | None
) -> None:
    server = peer(answer(b'{"job_id": "job"}'))
    settings = memory_settings(ims_endpoint=f"http://127.0.0.1:{server.port}", project_id="a-project")
    connect = partial(open_connection, settings, lambda: HuaweiKeys("AK", "SK", token))
    ImsImages(connect, quick_calls(), settings).create({})
    headers = server.last_request.decode().lower()
    assert ("x-security-token: a-token\r\n" in headers) is bool(token)
    assert f"; imagedrop/{__version__}\r\n" in headers
    assert "x-project-id: a-project\r\n" in headers


# --- with a response


def test_redirect_is_not_followed_and_is_held(peer: Callable[..., Peer]) -> None:
    server = peer(answer(b"", "302 Found", "Location: https://elsewhere.example.com/\r\n"))
    error = failure(f"http://127.0.0.1:{server.port}")
    assert (error.kind, error.code) == ("held", "302")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error":{"message":"too many","code":"IMG.0060"}}', "IMG.0060"),
        (b'{"error_code":"IMG.0060","error_msg":"too many"}', "IMG.0060"),
        (b'{"code":400,"message":"bad"}', "400"),
        (b"<html>bad</html>", "400"),
        (b"", "400"),
    ],
)
def test_every_form_of_an_error_body_is_read(peer: Callable[..., Peer], body: bytes, code: str) -> None:
    error = failure(f"http://127.0.0.1:{peer(answer(body, '400 Bad Request')).port}")
    assert (error.code, error.kind) == (code, "busy" if code == "IMG.0060" else "refused")


def test_status_429_is_busy(peer: Callable[..., Peer]) -> None:
    body = b'{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}'
    error = failure(f"http://127.0.0.1:{peer(answer(body, '429 Too Many Requests')).port}")
    assert error.kind == "busy"


def test_request_id_of_an_error_is_kept(peer: Callable[..., Peer]) -> None:
    server = peer(answer(b"{}", "503 Unavailable", "X-Request-Id: abc123\r\n"))
    assert failure(f"http://127.0.0.1:{server.port}").request_id == "abc123"


def test_accepted_create_returns_the_job_id(peer: Callable[..., Peer]) -> None:
    server = peer(answer(b'{"job_id": "j-1", "new_field": [1]}'))
    assert create(f"http://127.0.0.1:{server.port}") == "j-1"
