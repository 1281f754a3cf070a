"""Accepting a push only near its time, and only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imagedrop.intake.receive import PushChecks, receive_push
from imagedrop_local.memory import MemoryLedger, MemoryPorts, memory_ports, memory_settings
from tests.unit.intake.pushes import (
    DROP,
    TOPIC,
    Key,
    content,
    post,
    signed,
    unsigned,
)


@pytest.mark.parametrize(
    ("time", "status"),
    [
        ("2026-11-24T11:59:59Z", 403),
        ("2026-11-24T12:00:00Z", 200),
        ("2026-11-24T14:00:00.999Z", 200),  # fractions of a second are dropped
        ("2026-11-24T14:00:01Z", 403),
        ("2026-11-24T22:00:00+08:00", 200),
        ("2026-11-24T22:00:01+08:00", 403),
    ],
)
def test_push_is_accepted_up_to_an_hour_from_its_time(
    time: str, status: int, key: Key, ports: MemoryPorts, checks: PushChecks
) -> None:
    assert ports.clock() == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert receive_push(post(signed(key, unsigned(timestamp=time))), ports, checks).status == status


def test_maximum_age_of_a_push_is_a_setting(key: Key, checks: PushChecks) -> None:
    ports = memory_ports(memory_settings(smn_topic_urn=TOPIC, smn_max_age=60))
    for seconds, status in ((61, 403), (60, 200)):
        time = (ports.clock() - timedelta(seconds=seconds)).isoformat()
        assert receive_push(post(signed(key, unsigned(timestamp=time))), ports, checks).status == status


def test_push_whose_drops_were_not_enqueued_is_accepted_again(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    push = post(signed(key, unsigned()))
    ports.queues.fail("send_many", RuntimeError("throttled"))
    assert [receive_push(push, ports, checks).status for _ in range(3)] == [503, 200, 200]
    assert ports.queues.bodies("drops") == [DROP]
    assert ports.meter.counts["PushesRepeated"] == 1


def test_crash_before_the_push_id_is_stored_enqueues_twice(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    push = post(signed(key, unsigned()))
    ports.ledger.fail("store", SystemExit())
    with pytest.raises(SystemExit):
        receive_push(push, ports, checks)
    assert receive_push(push, ports, checks).status == 200
    assert ports.queues.bodies("drops") == [DROP, DROP]


@pytest.mark.parametrize("call", ["load", "store"])
def test_push_is_accepted_and_counted_when_the_ledger_fails(
    call: str, key: Key, ports: MemoryPorts, checks: PushChecks
) -> None:
    ports.ledger.fail(call, RuntimeError("throttled"))
    assert content(receive_push(post(signed(key, unsigned())), ports, checks))["enqueued"] == 1
    assert ports.meter.counts["ReplaysUnknown"] == 1


def test_ledger_that_failed_to_load_is_not_called_again(
    key: Key, ports: MemoryPorts, checks: PushChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMN waits 5 s, and each call to a ledger that hangs takes some of them."""
    ports.ledger.fail("load", RuntimeError("it hangs"))
    monkeypatch.setattr(ports.ledger, "store", lambda *_: pytest.fail("called again"))
    assert content(receive_push(post(signed(key, unsigned())), ports, checks))["enqueued"] == 1


class ExpiryRecorder(MemoryLedger):
    """Records the expiry times of notes."""

    def __init__(self) -> None:
        super().__init__()
        self.expiry_times: list[datetime | None] = []

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        super().store(name, value, until)
        self.expiry_times.append(until)


def test_push_id_is_stored_as_long_as_its_time_is_accepted(key: Key, ports: MemoryPorts, checks: PushChecks) -> None:
    ledger = ExpiryRecorder()
    receive_push(post(signed(key, unsigned(timestamp="2026-11-24T13:59:00Z"))), replace(ports, ledger=ledger), checks)
    assert ledger.expiry_times == [datetime(2026, 11, 24, 15, 4, tzinfo=UTC)]
