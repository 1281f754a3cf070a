"""Deliveries of SMN with a simulated clock: retries and the blacklist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.smn_client_helper import SimulatedSmn


@pytest.mark.parametrize(
    ("status", "expected"), [(200, 1), (204, 1), (302, 1), (400, 1), (404, 1), (429, 1), (500, 7), (503, 7), (None, 7)]
)
def test_a_push_is_retried_six_times_only_on_5xx_or_no_answer(
    tmp_path: Path, signing_key: Path, status: int | None, expected: int
) -> None:
    smn = SimulatedSmn(tmp_path, signing_key)
    smn.status = status
    smn.publish()
    attempts = 0
    while attempts < 20 and smn.service.state()["pushes"]["waiting"]:
        attempts += smn.deliver_due()
        smn.seconds += 2
    assert attempts == expected
    assert {push.seconds for push in smn.pushes} == {5}
    assert len({push.body["timestamp"] for push in smn.pushes}) == 1


def test_a_retry_waits_for_the_interval(tmp_path: Path, signing_key: Path) -> None:
    smn = SimulatedSmn(tmp_path, signing_key)
    smn.status = 503
    smn.publish()
    assert smn.deliver_due() == 1
    smn.seconds += 1.9
    assert smn.deliver_due() == 0
    smn.seconds += 0.2
    assert smn.deliver_due() == 1


def test_a_blacklisted_endpoint_loses_what_is_published_in_that_time(tmp_path: Path, signing_key: Path) -> None:
    smn = SimulatedSmn(tmp_path, signing_key, smn_blacklist_after=2, smn_retry_interval=0)
    smn.status = 503
    for _ in range(2):
        smn.publish()
        assert smn.deliver_due() == 7
    smn.status = 200
    smn.publish(message="lost")
    smn.seconds += 299
    smn.publish(message="lost too")
    assert smn.deliver_due() == 0
    smn.seconds += 1
    smn.publish(message="heard")
    assert smn.deliver_due() == 1
    assert smn.pushes[-1].body["message"] == "heard"
    assert smn.service.state()["pushes"]["blacklisted"] == 2


@pytest.mark.parametrize("answer", [200, 404])
def test_an_endpoint_that_answers_between_failures_is_not_blacklisted(
    tmp_path: Path, signing_key: Path, answer: int
) -> None:
    smn = SimulatedSmn(tmp_path, signing_key, smn_blacklist_after=2, smn_retry_interval=0)
    for status in (503, answer, 503, answer):
        smn.status = status
        smn.publish()
        smn.deliver_due()
    assert "blacklisted" not in smn.service.state()["pushes"]


@pytest.mark.parametrize(
    ("life", "status"),
    [("1", 200), ("86400", 200), ("", 200), ("86401", 400), ("0", 400), ("-1", 400), ("1h", 400), (60, 400)],
)
def test_time_to_live_is_a_number_of_seconds_as_a_string(
    tmp_path: Path, signing_key: Path, life: object, status: int
) -> None:
    assert SimulatedSmn(tmp_path, signing_key).publish(time_to_live=life) == status
