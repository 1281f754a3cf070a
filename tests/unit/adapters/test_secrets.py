"""Secrets: cached, read again when old or refused, and never shown."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from imagedrop.adapters.secrets import HuaweiKeys, Secrets
from imagedrop.ports import OutOfTime, ServiceError
from imagedrop.settings import SettingsError
from imagedrop_local.memory import SettableClock
from tests.support.planted_secrets import PLANTED


class Manager:
    def __init__(self, **answer: Any) -> None:
        self.answer, self.reads = answer, 0
        self.error: Exception | None = None

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803
        self.reads += 1
        if self.error:
            raise self.error
        return self.answer


def test_secret_is_read_once_in_five_minutes() -> None:
    manager, clock = Manager(SecretString="first"), SettableClock()
    secrets = Secrets(lambda: manager, clock)
    assert (secrets.get("id"), secrets.get("id")) == ("first", "first")
    manager.answer = {"SecretString": "second"}
    clock.advance(299)
    assert (secrets.get("id"), manager.reads) == ("first", 1)
    clock.advance(1)
    assert (secrets.get("id"), manager.reads) == ("second", 2)


def test_old_secret_is_used_while_secrets_manager_does_not_answer() -> None:
    manager, clock = Manager(SecretString="first"), SettableClock()
    secrets = Secrets(lambda: manager, clock)
    manager.error = ServiceError("unknown", "ReadTimeoutError", "no answer")
    with pytest.raises(ServiceError):
        secrets.get("id")
    manager.error = None
    secrets.get("id")
    clock.advance(300)
    manager.error, reads = OutOfTime("too late"), manager.reads
    assert [secrets.get("id") for _ in range(8)] == ["first"] * 8
    assert manager.reads == reads + 1
    clock.advance(60)
    manager.answer, manager.error = {"SecretString": "second"}, None
    assert secrets.get("id") == "second"


def test_renew_returns_whether_the_secret_has_changed() -> None:
    manager, clock = Manager(SecretString="first"), SettableClock()
    secrets = Secrets(lambda: manager, clock)
    secrets.get("id")
    assert not secrets.renew("id")
    manager.answer = {"SecretString": "second"}
    clock.advance(60)
    assert secrets.renew("id")
    assert (secrets.get("id"), manager.reads) == ("second", 3)


def test_each_secret_is_renewed_at_most_once_a_minute() -> None:
    manager, clock = Manager(SecretString="first"), SettableClock()
    secrets = Secrets(lambda: manager, clock)
    secrets.get("id")
    assert not any(secrets.renew("id") for _ in range(100))
    clock.advance(59)
    secrets.renew("id")
    assert manager.reads == 2
    secrets.renew("other")
    clock.advance(1)
    secrets.renew("id")
    assert manager.reads == 4


def test_binary_secret_is_decoded() -> None:
    assert Secrets(lambda: Manager(SecretBinary=b"first"), SettableClock()).get("id") == "first"


def test_huawei_keys_are_parsed_with_an_optional_token() -> None:
    assert HuaweiKeys.parse('{"ak": "a", "sk": "b"}') == HuaweiKeys("a", "b")
    assert HuaweiKeys.parse('{"ak": "a", "sk": "b", "token": ""}').token is None
    assert HuaweiKeys.parse('{"ak": "a", "sk": "b", "token": "t"}').token == "t"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("AKSECRET", "not JSON"),
        ('["AKSECRET"]', "lacks ak and sk"),
        ('{"ak": "AKSECRET"}', "lacks sk"),
        ('{"ak": "AKSECRET", "sk": 7}', "lacks sk"),
    ],
)
def test_error_for_invalid_keys_does_not_quote_them(text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named) as raised:
        HuaweiKeys.parse(text)
    assert "IMAGEDROP_CREDENTIALS" in str(raised.value)
    assert "AKSECRET" not in str(raised.value)


def test_repr_of_keys_has_no_secret() -> None:
    """The log check of all tests would fail this test as well."""
    keys = HuaweiKeys("hidden-ak", PLANTED["a secret key"], PLANTED["a security token"])
    logging.getLogger("imagedrop").error("refused with %s", keys, extra={"keys": keys})
    assert repr(keys) == "HuaweiKeys()"


@pytest.mark.parametrize("name", ["ak", "sk", "token"])
@pytest.mark.parametrize("value", ["hidden\n", " hidden", "hidden\u201d", "hidden\x7f"])
def test_key_with_a_character_that_no_key_has_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        HuaweiKeys.parse(json.dumps({"ak": "x", "sk": "x", "token": "x", name: value}))
    assert f"{name} in the secret IMAGEDROP_CREDENTIALS" in str(error.value)
    assert "hid" not in str(error.value)
