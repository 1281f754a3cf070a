"""Faults that strike events: on the way from OBS to SMN, and from SMN to an endpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imagedrop_local.faults import Fault
from tests.support.obs_client_helper import ObsDesk
from tests.support.smn_client_helper import SmnDesk

# What becomes of two events, `a` and then `b`, when the fault strikes the first.
KINDS = [("drop", "b"), ("duplicate", "aab"), ("reorder", "ba")]


@pytest.mark.parametrize(("service", "call"), [("obs", "Event"), ("obs", "*"), ("smn", "Event")])
@pytest.mark.parametrize(("kind", "arrives"), KINDS)
def test_the_next_event_of_obs_is_struck(tmp_path: Path, service: Any, call: str, kind: Any, arrives: str) -> None:
    desk = ObsDesk(tmp_path)
    desk.faults.add(Fault(service=service, call=call, times=1, fault=kind))
    desk.watch()
    for key in "ab":
        desk.call("PUT", f"/drops/{key}", b"one")
    keys = [json.loads(message)["Records"][0]["obs"]["object"]["key"] for message in desk.settled()]
    assert "".join(keys) == arrives
    assert desk.obs.state()["events"][kind] == 1


@pytest.mark.parametrize("call", ["Push", "*"])
@pytest.mark.parametrize(("kind", "arrives"), KINDS)
def test_the_next_push_of_smn_is_struck(tmp_path: Path, signing_key: Path, call: str, kind: Any, arrives: str) -> None:
    desk = SmnDesk(tmp_path, signing_key)
    desk.faults.add(Fault(service="smn", call=call, times=1, fault=kind, seconds=3))
    for message in "ab":
        assert desk.publish(message=message) == 200
    desk.turns()
    desk.seconds += 3
    desk.turns()
    assert "".join(push.body["message"] for push in desk.pushes) == arrives


def test_events_are_struck_with_a_probability_too(tmp_path: Path, signing_key: Path) -> None:
    desk = SmnDesk(tmp_path, signing_key)
    desk.faults.add(Fault(service="smn", call="Push", probability=1, fault="drop"))
    for _ in range(5):
        desk.publish()
    assert desk.turns() == 0


def test_a_confirmation_is_no_event_and_is_never_struck(tmp_path: Path, signing_key: Path) -> None:
    desk = SmnDesk(tmp_path, signing_key)
    desk.faults.add(Fault(service="smn", fault="drop"))
    desk.smn.subscribe(desk.urn, "http", "http://127.0.0.1:2/other")
    assert desk.turns() == 1
