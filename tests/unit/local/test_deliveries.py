"""How SMN delivers, in time that is set: tries, and endpoints that it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.smn_client_helper import SmnDesk


@pytest.mark.parametrize(
    ("status", "tries"), [(200, 1), (204, 1), (302, 1), (400, 1), (404, 1), (429, 1), (500, 7), (503, 7), (None, 7)]
)
def test_only_a_server_that_fails_or_is_silent_is_tried_six_more_times(
    tmp_path: Path, signing_key: Path, status: int | None, tries: int
) -> None:
    desk = SmnDesk(tmp_path, signing_key)
    desk.status = status
    desk.publish()
    made = 0
    while made < 20 and desk.smn.state()["pushes"]["waiting"]:
        made += desk.turns()
        desk.seconds += 2
    assert made == tries
    assert {push.seconds for push in desk.pushes} == {5}
    assert len({push.body["timestamp"] for push in desk.pushes}) == 1


def test_a_try_waits_for_its_time(tmp_path: Path, signing_key: Path) -> None:
    desk = SmnDesk(tmp_path, signing_key)
    desk.status = 503
    desk.publish()
    assert desk.turns() == 1
    desk.seconds += 1.9
    assert desk.turns() == 0
    desk.seconds += 0.2
    assert desk.turns() == 1


def test_an_endpoint_that_fails_again_and_again_loses_what_comes_meanwhile(tmp_path: Path, signing_key: Path) -> None:
    desk = SmnDesk(tmp_path, signing_key, smn_blacklist_after=2, smn_retry_interval=0)
    desk.status = 503
    for _ in range(2):
        desk.publish()
        assert desk.turns() == 7
    desk.status = 200
    desk.publish(message="lost")
    desk.seconds += 299
    desk.publish(message="lost too")
    assert desk.turns() == 0
    desk.seconds += 1
    desk.publish(message="heard")
    assert desk.turns() == 1
    assert desk.pushes[-1].body["message"] == "heard"
    assert desk.smn.state()["pushes"]["blacklisted"] == 2


@pytest.mark.parametrize("answer", [200, 404])
def test_an_endpoint_that_answers_between_failures_is_not_left_alone(
    tmp_path: Path, signing_key: Path, answer: int
) -> None:
    desk = SmnDesk(tmp_path, signing_key, smn_blacklist_after=2, smn_retry_interval=0)
    for status in (503, answer, 503, answer):
        desk.status = status
        desk.publish()
        desk.turns()
    assert "blacklisted" not in desk.smn.state()["pushes"]


@pytest.mark.parametrize(
    ("life", "status"),
    [("1", 200), ("86400", 200), ("", 200), ("86401", 400), ("0", 400), ("-1", 400), ("1h", 400), (60, 400)],
)
def test_a_message_lives_a_number_of_seconds_in_a_string(
    tmp_path: Path, signing_key: Path, life: object, status: int
) -> None:
    assert SmnDesk(tmp_path, signing_key).publish(time_to_live=life) == status
