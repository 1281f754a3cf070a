"""The gateway accepts the signatures of the official SDK and refuses all others."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop_local.gateway import ApiError, Gateway
from imagedrop_local.gateway.signature import signature_error
from imagedrop_local.http import Request
from tests.support.signed_requests import CREDENTIALS, PROJECT, request

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SEGMENT = st.text(st.characters(exclude_characters="/", exclude_categories=["C"]), min_size=1, max_size=8).filter(
    lambda text: text not in (".", "..")
)
NAME = st.text(min_size=1, max_size=8).filter(str.strip)


def signed(body: Any = None, **options: Any) -> Request:
    return request("POST", "/v2/cloudimages/action", body or {"a": 1}, [("b", "c d")], at=NOW, **options)


@given(
    st.sampled_from(["GET", "POST", "DELETE"]),
    st.lists(SEGMENT, min_size=1, max_size=3),
    st.dictionaries(NAME, st.text(max_size=8), max_size=3),
    st.binary(max_size=20),
)
@settings(max_examples=100, deadline=None)
def test_every_request_signed_by_the_sdk_is_valid(
    method: str, path: list[str], query: dict[str, str], body: bytes
) -> None:
    signed_request = request(method, "/" + "/".join(path), body, list(query.items()), at=NOW)
    assert signature_error(signed_request, body, CREDENTIALS, NOW) is None


def test_a_signed_query_with_a_repeated_field_is_valid() -> None:
    signed_request = request("GET", "/v1/cloudimages/os_version", None, [("tag", "x86"), ("tag", "bms")], at=NOW)
    assert signature_error(signed_request, b"", CREDENTIALS, NOW) is None


def altered(signed_request: Request, **headers: str | None) -> Request:
    new = Message()
    for name, value in {**dict(signed_request.headers.items()), **headers}.items():
        if value is not None:
            new[name] = value
    return dataclasses.replace(signed_request, headers=new)


def with_body(signed_request: Request, body: bytes) -> Request:
    return dataclasses.replace(signed_request, stream=io.BytesIO(body), length=len(body))


TAMPERED: dict[str, Callable[[], Request]] = {
    "another body": lambda: with_body(signed(), b'{"a": 2}'),
    "another path": lambda: dataclasses.replace(signed(), path="/v2/cloudimages/quickimport/action"),
    "another method": lambda: dataclasses.replace(signed(), method="PUT"),
    "another query": lambda: dataclasses.replace(signed(), raw_query="b=d"),
    "another host": lambda: altered(signed(), Host="other.example"),
    "another date": lambda: altered(signed(), **{"X-Sdk-Date": "20261124T130001Z"}),
    "no signature": lambda: altered(signed(), Authorization=None),
    "a token": lambda: altered(signed(), Authorization="Bearer x"),
    "no date": lambda: altered(signed(), **{"X-Sdk-Date": None}),
    "a wrong secret": lambda: signed(sk="guessed"),
    "an unknown key": lambda: signed(ak="AK-TWO"),
    "a false hash": lambda: signed(headers={"X-Sdk-Content-Sha256": "0" * 64}),
    "the host not signed": lambda: altered(
        signed(), Authorization=signed().headers["Authorization"].replace("host;", "")
    ),
}


def gateway(**rate: Any) -> Gateway:
    return Gateway(CREDENTIALS, PROJECT, lambda: NOW, **rate)


@pytest.mark.parametrize("change", TAMPERED)
def test_a_tampered_request_is_answered_with_401_and_apigw_0301(change: str) -> None:
    with pytest.raises(ApiError) as error:
        gateway().admit(TAMPERED[change]())
    assert (error.value.status, error.value.code) == (401, "APIGW.0301")


@pytest.mark.parametrize(("minutes", "passes"), [(-15, True), (15, True), (-15.1, False), (15.1, False)])
def test_a_request_is_valid_within_15_minutes_of_the_clock(minutes: float, passes: bool) -> None:
    signed_request = request("GET", "/v2/cloudimages", at=NOW + timedelta(minutes=minutes))
    assert (signature_error(signed_request, b"", CREDENTIALS, NOW) is None) == passes


def test_a_request_for_another_project_is_answered_with_403() -> None:
    with pytest.raises(ApiError) as error:
        gateway().admit(signed(), "another")
    assert error.value.status == 403
    with pytest.raises(ApiError):
        gateway().admit(signed(headers={"X-Project-Id": "another"}))


def test_calls_above_the_rate_are_throttled_until_the_minute_is_over() -> None:
    now = NOW
    throttled = Gateway(CREDENTIALS, PROJECT, lambda: now, lambda: 2)
    throttled.admit(signed())
    throttled.admit(signed())
    with pytest.raises(ApiError) as error:
        throttled.admit(signed())
    assert (error.value.status, error.value.code) == (429, "APIGW.0308")
    now += timedelta(minutes=1)
    throttled.admit(signed())


def test_a_body_above_12_mib_is_answered_with_413() -> None:
    with pytest.raises(ApiError) as error:
        gateway().admit(dataclasses.replace(signed(), length=(12 << 20) + 1))
    assert error.value.status == 413
