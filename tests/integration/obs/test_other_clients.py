"""HTTP as other clients send it: header order and case, chunks, 100-continue, HEAD, one connection for all calls."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.raw_client import Answer, RawClient
from tests.support.waiting import PATIENCE

AK, SK, REGION = "AKTESTTESTTEST", "SKTESTTESTTESTTEST", "cn-north-4"
HOST = f"drops.obs.{REGION}.myhuaweicloud.com"


class SigningClient:
    """A raw client that signs with V4 and an unsigned payload."""

    def __init__(self, cloud: Any) -> None:
        self.client, self.port = RawClient(cloud.server.url), cloud.server.port

    def headers(self, method: str, path: str, host: str = "", **more: str) -> dict[str, str]:
        sent = {name.replace("_", "-"): value for name, value in more.items()}
        request = AWSRequest(method, f"http://{host or self.client.host}{path}", headers=sent)
        signer = S3SigV4Auth(Credentials(AK, SK), "s3", REGION)
        signer.payload = lambda request: "UNSIGNED-PAYLOAD"
        signer.add_auth(request)
        return {"Host": host or self.client.host, **dict(request.headers.items())}

    def call(self, method: str, path: str, body: bytes = b"", host: str = "", **more: str) -> Answer:
        headers = self.headers(method, path, host, **more)
        length = [("Content-Length", str(len(body)))] if body else []
        return self.client.send(method, path, (), [*headers.items(), *length], body)


@pytest.fixture
def signing(cloud: Any) -> Iterator[SigningClient]:
    client = SigningClient(cloud)
    yield client
    client.client.close()


def test_the_order_and_case_of_headers_do_not_matter(signing: SigningClient) -> None:
    headers = signing.headers("PUT", "/drops/k", x_amz_meta_owner="a   b", content_type="x/y")
    for changed in ([(name.upper(), value) for name, value in headers.items()], list(headers.items())[::-1]):
        assert signing.client.send("PUT", "/drops/k", (), [*changed, ("content-length", "3")], b"one").status == 200
    assert signing.call("HEAD", "/drops/k").headers["x-amz-meta-owner"] == "a   b"


def test_a_chunked_body_is_stored_without_chunks(signing: SigningClient) -> None:
    headers = signing.headers("PUT", "/drops/k")
    sent = [*headers.items(), ("Transfer-Encoding", "chunked")]
    assert signing.client.send("PUT", "/drops/k", (), sent, b"one two").status == 200
    assert signing.call("GET", "/drops/k").body == b"one two"


def test_a_put_without_a_length_is_refused(signing: SigningClient) -> None:
    answer = signing.client.send("PUT", "/drops/k", (), signing.headers("PUT", "/drops/k").items(), b"")
    assert (answer.status, b"MissingContentLength" in answer.body) == (411, True)


def test_expect_100_continue_is_answered(signing: SigningClient) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in signing.headers("PUT", "/drops/k").items())
    with socket.create_connection(("127.0.0.1", signing.port), PATIENCE) as connection:
        connection.sendall(f"PUT /drops/k HTTP/1.1\r\n{head}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100")
        connection.sendall(b"one")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    assert signing.call("GET", "/drops/k").body == b"one"


def test_one_connection_handles_every_kind_of_call_in_both_styles(signing: SigningClient) -> None:
    statuses = [
        signing.call("PUT", "/k", b"one", HOST).status,
        signing.call("HEAD", "/drops/k").status,
        signing.call("GET", "/drops/k", Range="bytes=1-1").status,
        signing.call("GET", "/drops/none").status,
        signing.call("HEAD", "/none", host=HOST).status,
        signing.call("GET", "/k", host=HOST, If_Match='"other"').status,
        signing.call("GET", "/k", host=HOST, If_None_Match='"other"').status,
        signing.call("DELETE", "/k", host=HOST).status,
        signing.call("PATCH", "/drops/k").status,
    ]
    assert statuses == [200, 200, 206, 404, 404, 412, 200, 204, 501]


def test_a_missing_object_has_no_body_in_head_and_xml_in_get(signing: SigningClient) -> None:
    assert signing.call("HEAD", "/drops/none").body == b""
    assert b"<Code>NoSuchKey</Code>" in signing.call("GET", "/drops/none").body


def test_a_host_other_than_the_signed_one_is_refused(signing: SigningClient) -> None:
    headers = signing.headers("GET", "/drops/k") | {"Host": HOST}
    assert signing.client.send("GET", "/k", (), headers.items(), b"").status == 403
