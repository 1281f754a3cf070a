"""Clients of AWS services and of OBS: shared service models and current keys."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import botocore.session
import pytest

from imagedrop.adapters.aws import new_session
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop_local.memory import memory_settings
from tests.support.service_calls import aws_client_of


def test_sessions_share_one_loader_of_service_models(monkeypatch: pytest.MonkeyPatch) -> None:
    # tests/conftest.py makes all sessions share a loader; this undoes it
    monkeypatch.setattr(botocore.session, "create_loader", botocore.loaders.create_loader)
    assert new_session().get_component("data_loader") is new_session().get_component("data_loader")


def test_each_request_to_obs_is_signed_with_the_current_keys() -> None:
    keys = [HuaweiKeys("FIRSTKEY", "a")]
    client = obs_client(memory_settings(), lambda: keys[0])

    def signed_url() -> str:
        return str(client.generate_presigned_url("get_object", {"Bucket": "drops", "Key": "k"}))

    assert "FIRSTKEY" in signed_url()
    keys[0] = HuaweiKeys("SECONDKEY", "b", "TOKEN")
    assert "SECONDKEY" in signed_url()
    assert "TOKEN" in signed_url()


def test_error_of_our_own_code_is_raised_and_not_repeated() -> None:
    class Client:
        calls = 0

        def get_item(self, **_: Any) -> None:
            self.calls += 1
            raise KeyError("TableName")

    client = Client()
    with pytest.raises(KeyError, match="TableName"):
        aws_client_of(client).get_item()
    assert client.calls == 1
