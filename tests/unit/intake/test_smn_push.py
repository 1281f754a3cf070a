"""Parsing an SMN push."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from imagedrop.intake.errors import PushRefused
from imagedrop.intake.smn_push import SmnPush, parse_smn_push
from imagedrop_local.memory import memory_settings
from tests.unit.intake.pushes import SETTINGS, TOPIC, unsigned


def test_push_is_parsed_once_into_type_id_and_time() -> None:
    body = unsigned(timestamp="2026-11-24T21:00:00.5+08:00", message_id="id")
    push = parse_smn_push(body, SETTINGS)
    assert push == SmnPush("Notification", "id", body["timestamp"], datetime(2026, 11, 24, 13, tzinfo=UTC), body)


@pytest.mark.parametrize("name", ["notification", "", None, ["Notification"], {}])
def test_push_of_another_type_is_not_parsed(name: Any) -> None:
    assert parse_smn_push(unsigned() | {"type": name}, SETTINGS) is None


@pytest.mark.parametrize("topic", [TOPIC + "2", "", None, [TOPIC]])
def test_push_of_another_topic_is_refused(topic: Any) -> None:
    with pytest.raises(PushRefused, match="topic_urn is not the configured topic") as refusal:
        parse_smn_push(unsigned() | {"topic_urn": topic}, SETTINGS)
    assert refusal.value.status == 403


def test_push_is_refused_when_no_topic_is_configured() -> None:
    with pytest.raises(PushRefused, match="IMAGEDROP_SMN_TOPIC_URN"):
        parse_smn_push(unsigned(topic_urn=""), memory_settings())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " ", "\nx\ny"])
def test_timestamp_with_anything_after_it_is_refused(end: str) -> None:
    with pytest.raises(PushRefused, match="timestamp is missing or not a time"):
        parse_smn_push(unsigned(timestamp="2026-11-24T12:59:59Z" + end), SETTINGS)


@pytest.mark.parametrize("message_id", [None, "", 5, ["id"]])
def test_push_without_a_message_id_is_refused(message_id: Any) -> None:
    with pytest.raises(PushRefused, match="message_id is missing or not text"):
        parse_smn_push(unsigned() | {"message_id": message_id}, SETTINGS)
