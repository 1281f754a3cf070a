"""Classes of IMS errors."""

from __future__ import annotations

import contextlib
from typing import Any, Self, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.adapters.ims.errors import CLASSES, ImsNotFound, classify, error_from_response
from imagedrop.adapters.ims.images import ImsImages
from imagedrop.ports import ErrorClass, ImsError
from imagedrop_local.memory import memory_settings
from tests.support.service_calls import quick_calls


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IMG.0060", "busy"),
        ("IMG.0187", "busy"),
        ("IMG.0015", "held"),
        ("IMG.0026", "held"),
        ("IMG.0238", "held"),
        ("IMG.0242", "held"),
        ("IMG.0018", "unknown"),
        ("IMG.0061", "unknown"),
        ("IMG.0009", "refused"),
        ("IMG.0057", "refused"),
        ("IMG.0159", "refused"),
    ],
)
def test_known_error_code_decides_whatever_the_status(code: str, kind: ErrorClass) -> None:
    assert {classify(status, code) for status in (400, 403, 404, 429, 500, 503)} == {kind}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "IMG.7777", "refused"),
        (403, "IMG.7777", "refused"),
        (500, "IMG.7777", "unknown"),
        (400, "400", "refused"),
        (401, "401", "held"),
        (403, "Forbidden", "held"),
        (404, "404", "held"),
        (408, "408", "unknown"),
        (429, "429", "busy"),
        (429, "APIGW.0308", "busy"),
        (401, "APIGW.0301", "held"),
        (404, "APIGW.0101", "held"),
        (400, "APIGW.0106", "held"),
        (504, "APIGW.0201", "unknown"),
        (302, "302", "held"),
    ],
)
def test_unknown_error_code_is_classified_by_the_status(status: int, code: str, kind: ErrorClass) -> None:
    assert classify(status, code) == kind


@given(st.integers(300, 599), st.text(max_size=12))
def test_every_error_response_has_a_class(status: int, code: str) -> None:
    assert classify(status, code) in get_args(ErrorClass)


@given(st.integers(500, 599), st.text(max_size=12).filter(lambda code: code not in CLASSES))
def test_status_5xx_with_an_unknown_code_is_unknown(status: int, code: str) -> None:
    assert classify(status, code) == "unknown"


def test_error_codes_and_messages_of_any_type_become_text() -> None:
    error = error_from_response(400, 7, None)
    assert (error.code, error.message, error.request_id) == ("7", "HTTP 400", None)
    assert error_from_response(429, "429", "too many 429 error responses", "").request_id is None
    assert len(error_from_response(400, "IMG.0001", "x\n" * 5000).message) <= 1000


def test_not_found_comes_only_from_ims_and_not_from_the_gateway() -> None:
    assert isinstance(error_from_response(404, "IMG.0086", "no"), ImsNotFound)
    assert isinstance(error_from_response(404, None, "no"), ImsNotFound)
    assert not isinstance(error_from_response(404, "APIGW.0101", "no such API"), ImsNotFound)
    assert not isinstance(error_from_response(400, "IMG.0086", "no"), ImsNotFound)


class Connection:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (ImsError("unknown", "IMG.0023", "no such job"), 1),
        (ImsError("unknown", "IMG.0086", "no such job"), 1),
        (ImsNotFound("unknown", "IMG.0018", "no such job"), 1),
        (ImsError("unknown", "503", "down"), 3),
        (ImsError("busy", "429", "slow down"), 3),
        (ImsError("undelivered", "NewConnectionError", "no route"), 3),
        (ImsError("held", "IMG.0015", "quota"), 1),
        (ImsError("refused", "IMG.0057", "bad file"), 1),
        (TypeError("a bug"), 1),
    ],
)
def test_only_temporary_errors_of_a_query_are_retried(error: Exception, calls: int) -> None:
    requested = []

    class Api(Connection):
        def job(self, call: str, job_id: str) -> Any:
            requested.append(job_id)
            raise error

    connect: Any = Api
    images = ImsImages(connect, quick_calls(), memory_settings())
    with contextlib.suppress(ImsError, TypeError):
        assert images.job("job") is None
    assert len(requested) == calls


KEYS_REFUSED = ["401", "403", "APIGW.0301", "APIGW.0307", "IMG.0037", "IMG.0064", "IMG.0065", "IMG.0067", "IMG.0087"]


@pytest.mark.parametrize(("code", "renewals"), [*((code, 1) for code in KEYS_REFUSED), ("IMG.0015", 0), ("404", 0)])
@pytest.mark.parametrize("other_keys", [True, False])
def test_call_is_made_again_once_if_its_keys_are_refused_and_there_are_other_ones(
    code: str, renewals: int, other_keys: bool
) -> None:
    made, renewed = [], []

    class Api(Connection):
        def create(self, body: Any) -> Any:
            made.append(body)
            raise ImsError("held", code, "message")

    def renew() -> bool:
        renewed.append(code)
        return other_keys

    connect: Any = Api
    with pytest.raises(ImsError):
        ImsImages(connect, quick_calls(), memory_settings(), renew).create({"name": "w"})
    assert (len(renewed), len(made)) == (renewals, 1 + (renewals and other_keys))
