"""Faults of events: between OBS and SMN, and between SMN and an endpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imagedrop_local.faults import Fault
from tests.support.obs_client_helper import SimulatedObs
from tests.support.smn_client_helper import SimulatedSmn

# The messages that arrive of the events `a` and then `b`, if the fault applies to the first.
KINDS = [("drop", "b"), ("duplicate", "aab"), ("reorder", "ba")]


@pytest.mark.parametrize(("service", "call"), [("obs", "Event"), ("obs", "*"), ("smn", "Event")])
@pytest.mark.parametrize(("kind", "arrives"), KINDS)
def test_a_fault_applies_to_the_next_event_of_obs(
    tmp_path: Path, service: Any, call: str, kind: Any, arrives: str
) -> None:
    obs = SimulatedObs(tmp_path)
    obs.faults.add(Fault(service=service, call=call, times=1, fault=kind))
    obs.watch()
    for key in "ab":
        obs.call("PUT", f"/drops/{key}", b"one")
    keys = [json.loads(message)["Records"][0]["obs"]["object"]["key"] for message in obs.published()]
    assert "".join(keys) == arrives
    assert obs.service.state()["events"][kind] == 1


@pytest.mark.parametrize("call", ["Push", "*"])
@pytest.mark.parametrize(("kind", "arrives"), KINDS)
def test_a_fault_applies_to_the_next_push_of_smn(
    tmp_path: Path, signing_key: Path, call: str, kind: Any, arrives: str
) -> None:
    smn = SimulatedSmn(tmp_path, signing_key)
    smn.faults.add(Fault(service="smn", call=call, times=1, fault=kind, seconds=3))
    for message in "ab":
        assert smn.publish(message=message) == 200
    smn.deliver_due()
    smn.seconds += 3
    smn.deliver_due()
    assert "".join(push.body["message"] for push in smn.pushes) == arrives


def test_a_fault_with_a_probability_applies_to_pushes(tmp_path: Path, signing_key: Path) -> None:
    smn = SimulatedSmn(tmp_path, signing_key)
    smn.faults.add(Fault(service="smn", call="Push", probability=1, fault="drop"))
    for _ in range(5):
        smn.publish()
    assert smn.deliver_due() == 0


def test_faults_of_events_never_apply_to_a_confirmation(tmp_path: Path, signing_key: Path) -> None:
    smn = SimulatedSmn(tmp_path, signing_key)
    smn.faults.add(Fault(service="smn", fault="drop"))
    smn.service.subscribe(smn.urn, "http", "http://127.0.0.1:2/other")
    assert smn.deliver_due() == 1
