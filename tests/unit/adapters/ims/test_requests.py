"""Each call of IMS sends one request."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.adapters.ims.client import ImsConnection
from imagedrop.adapters.secrets import HuaweiKeys
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
