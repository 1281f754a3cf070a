"""Each call of IMS sends one request."""

from __future__ import annotations

from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import SdkException
from requests import ConnectTimeout, ReadTimeout

from imagedrop.adapters.ims.client import ImsConnection
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ImsError
from imagedrop_local.memory import memory_settings


def test_create_is_sent_once_though_its_answer_cannot_be_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    connection, sent = ImsConnection(memory_settings(), HuaweiKeys("AK", "SK")), 0

    def unhandled(**_: Any) -> None:
        nonlocal sent
        sent += 1
        raise TypeError("unexpected answer")

    monkeypatch.setattr(connection._client, "do_http_request", unhandled)
    with pytest.raises(TypeError):
        connection.create({"name": "n"})
    assert sent == 1


def raised_while_handling(error: Exception, handled: Exception | None) -> Exception:
    error.__context__ = handled
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SdkException("its own"), "SdkException"),
        (raised_while_handling(SdkException("wraps"), KeyError("other")), "SdkException"),
        (raised_while_handling(SdkException("wraps"), ReadTimeout("no answer")), "ReadTimeout"),
        (raised_while_handling(ReadTimeout("second"), ConnectTimeout("first try")), "ReadTimeout"),
    ],
)
def test_error_is_named_by_the_one_that_it_wraps(monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    connection = ImsConnection(memory_settings(), HuaweiKeys("AK", "SK"))

    def failing(**_: Any) -> None:
        raise error

    monkeypatch.setattr(connection._client, "do_http_request", failing)
    with pytest.raises(ImsError) as raised:
        connection.images()
    assert raised.value.code == code
