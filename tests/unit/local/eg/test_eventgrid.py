"""EventGrid: which events reach which target, and how often they are pushed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from imagedrop_local.eg.subscriptions import HttpsTarget, SmnTarget, Subscription
from imagedrop_local.faults import Fault
from tests.support.eg_client_helper import URL, URN, SimulatedEg

TARGET = HttpsTarget(url=URL, headers={"x-imagedrop-secret": "word"})


@pytest.fixture
def eg(tmp_path: Path) -> SimulatedEg:
    return SimulatedEg(tmp_path)


def test_created_objects_of_the_bucket_below_the_prefix_are_pushed(eg: SimulatedEg) -> None:
    eg.store.create_bucket("others")
    eg.subscribe(TARGET, prefix="golden/")
    for key in ("golden/a b.vhd", "other/a.vhd"):
        eg.put(key)
    eg.put("golden/c.vhd", bucket="others")
    eg.store.delete("drops", "golden/a b.vhd")
    assert eg.deliver_due() == 1
    [push] = eg.pushes
    assert (push.url, push.headers["x-imagedrop-secret"]) == (URL, "word")
    assert push.headers["Content-Type"].startswith("application/cloudevents+json")
    assert (push.body["source"], push.body["type"]) == ("HC.OBS.DWR", "OBS:DWR:ObjectCreated:PUT")
    assert push.body["data"]["obs"]["object"]["key"] == "golden%2Fa+b.vhd"


def test_keys_are_encoded_only_if_the_subscription_says_so(eg: SimulatedEg) -> None:
    eg.subscribe(SmnTarget(urn=URN), keys_encoded=False)
    eg.put("golden/a b.vhd")
    ((urn, message),) = eg.published
    assert urn == URN
    assert json.loads(message)["data"]["obs"]["object"]["key"] == "golden/a b.vhd"


def test_a_subscription_of_the_same_name_is_replaced_and_can_be_removed(eg: SimulatedEg) -> None:
    eg.subscribe(TARGET)
    eg.subscribe(SmnTarget(urn=URN))
    eg.put("a.vhd")
    assert (eg.deliver_due(), len(eg.published)) == (0, 1)
    eg.service.unsubscribe("drops")
    eg.put("b.vhd")
    assert len(eg.published) == 1


def test_subscriptions_and_waiting_pushes_survive_a_restart(tmp_path: Path) -> None:
    before = SimulatedEg(tmp_path)
    before.subscribe(TARGET)
    before.status = 503
    before.put("a.vhd")
    assert before.deliver_due() == 1
    after = SimulatedEg(tmp_path)
    after.put("b.vhd")
    assert after.deliver_due() == 2


def test_secrets_are_not_shown(eg: SimulatedEg) -> None:
    eg.subscribe(TARGET)
    assert "word" not in json.dumps(eg.service.state())


def test_an_error_of_the_topic_does_not_reach_the_writer(eg: SimulatedEg) -> None:
    eg.subscribe(SmnTarget(urn=URN))
    eg.published = None  # type: ignore[assignment]
    eg.put("a.vhd")
    assert eg.service.state()["eventgrid"]["refused"] == 1


@pytest.mark.parametrize(("kind", "pushes"), [("drop", 0), ("duplicate", 2)])
def test_faults_of_pushes(eg: SimulatedEg, kind: str, pushes: int) -> None:
    eg.faults.add(Fault.model_validate({"service": "eg", "call": "Push", "fault": kind}))
    eg.subscribe(TARGET)
    eg.put("a.vhd")
    assert eg.deliver_due() == pushes


@pytest.mark.parametrize(
    "target",
    [
        {"url": "http://example.com/"},
        {"url": URL, "headers": {f"x-{number}": "v" for number in range(6)}},
        {"url": URL, "headers": {"": "v"}},
        {"url": URL, "headers": {"x": "v" * 1000}},
    ],
)
def test_targets_that_eventgrid_refuses(target: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HttpsTarget.model_validate(target)


@pytest.mark.parametrize("name", ["", "-x", "a b", "x" * 129])
def test_names_that_eventgrid_refuses(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        Subscription(name=name, bucket="drops", target=TARGET)
