"""The example function for FunctionGraph, against a server with TLS: what it sends, and when it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import pytest

from imagedrop.intake.receive import PushChecks, PushRequest, receive_push
from imagedrop_local.memory import memory_ports, memory_settings
from imagedrop_local.project_paths import ROOT
from tests.support.peer import certificate

EVENTS = ROOT / "events"


def load() -> Any:
    spec = spec_from_file_location("functiongraph_index", ROOT / "deploy/functiongraph/index.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Context:
    def __init__(self, **user_data: str) -> None:
        self.getUserData = user_data.get


class Intake(HTTPServer):
    """`status`: of each answer. `requests`: (path, headers, body)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.requests: list[tuple[str, dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Intake

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def intake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Intake]:
    own, authority = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    server = Intake()
    server.socket = own.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def call(intake: Intake, event: Any) -> Any:
    url = f"https://127.0.0.1:{intake.server_port}/"
    return load().handler(event, Context(intake_url=url, intake_secret="word"))


@pytest.mark.parametrize("name", ["obs-eventgrid-object-created.json", "obs-s3v2-functiongraph.json"])
def test_an_event_is_passed_on_in_a_form_that_the_intake_takes(intake: Intake, name: str) -> None:
    assert call(intake, json.loads((EVENTS / name).read_text())) == {"status": 200}
    [(path, headers, body)] = intake.requests
    assert (path, headers["x-imagedrop-secret"]) == ("/", "word")
    ports = memory_ports(memory_settings(webhook_secret="imagedrop/webhook"))
    answer = receive_push(PushRequest("POST", headers, body), ports, PushChecks(lambda _: "word"))
    assert (answer.status, json.loads(answer.body)["enqueued"]) == (200, 1)


@pytest.mark.parametrize("status", [401, 413, 500, 503])
def test_it_fails_if_the_intake_does_not_take_the_event(intake: Intake, status: int) -> None:
    intake.status = status
    with pytest.raises(HTTPError, match=str(status)):
        call(intake, {})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_follows_no_redirect(intake: Intake, status: int) -> None:
    intake.status = status
    with pytest.raises(HTTPError, match=str(status)):
        call(intake, {})
    assert len(intake.requests) == 1


def test_it_talks_only_to_a_server_that_it_trusts(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        call(intake, {})
    assert intake.requests == []


@pytest.mark.parametrize(
    "user_data", [{}, {"intake_url": "http://127.0.0.1/", "intake_secret": "w"}, {"intake_url": "https://127.0.0.1/"}]
)
def test_it_says_what_is_not_set(user_data: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="set intake_url"):
        load().handler({}, Context(**user_data))
