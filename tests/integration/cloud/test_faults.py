"""Every fault at every service, set over HTTP: the client's view, and whether the call takes effect."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.support.signed_requests import PROJECT
from tests.support.waiting import until

DISCONNECTED = (http.client.RemoteDisconnected, ConnectionResetError, ConnectionClosedError)
CREATE_BODY = {"name": "server", "image_url": "drops:disk.qcow2", "min_disk": 40}


def control(running: Any, method: str = "GET", body: Any = None, path: str = "faults", service: str = "smn") -> Any:
    """The answer of /_sim/<path>; for an error (status, body)."""
    raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    request = urllib.request.Request(f"{running.cloud.urls[service]}/_sim/{path}", raw, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def put(running: Any) -> int:
    try:
        running.s3().put_object(Bucket="drops", Key="new", Body=b"one")
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    return 200


def create(running: Any) -> int:
    return int(running.client("ims").call("POST", "/v2/cloudimages/action", CREATE_BODY).status)


def topic(running: Any) -> int:
    status = running.client("smn").call("POST", f"/v2/{PROJECT}/notifications/topics", {"name": "new"}).status
    return 200 if status == 201 else int(status)


CALLS: dict[str, tuple[str, Callable[[Any], int], Callable[[dict[str, Any]], int]]] = {
    "obs": ("PutObject", put, lambda state: int(state["buckets"][0]["objects"]) - 1),
    "ims": ("CreateImage", create, lambda state: len(state["jobs"])),
    "smn": ("CreateTopic", topic, lambda state: len(state["topics"])),
}
# fault, status that the client gets (None: no answer), number of effects
KINDS: list[tuple[dict[str, Any], int | None, int]] = [
    ({"fault": "status", "status": 500}, 500, 0),
    ({"fault": "status", "status": 429}, 429, 0),
    ({"fault": "status", "after": True}, 503, 1),
    ({"fault": "timeout_before", "seconds": 0.01}, None, 0),
    ({"fault": "timeout_after", "seconds": 0.01}, None, 1),
    ({"fault": "reset"}, None, 0),
    ({"fault": "reset", "after": True}, None, 1),
    ({"fault": "slow", "seconds": 0.01}, 200, 1),
]


@pytest.mark.parametrize(("fault", "status", "effects"), KINDS, ids=str)
@pytest.mark.parametrize("call", [True, False], ids=["named", "any call"])
@pytest.mark.parametrize("service", CALLS)
def test_a_fault_applies_once_and_decides_whether_the_call_takes_effect(
    running: Any, service: str, call: bool, fault: dict[str, Any], status: int | None, effects: int
) -> None:
    name, act, count = CALLS[service]
    control(running, "POST", {"service": service, "times": 1, **({"call": name} if call else {}), **fault})
    if status is None:
        with pytest.raises(DISCONNECTED):
            act(running)
    else:
        assert act(running) == status
    assert count(control(running, path="state")) == effects
    assert control(running)["faults"] == []
    assert act(running) == 200
    assert control(running, path="state")["calls"][service][name] == 2


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(("kind", "effects"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_client_with_a_shorter_timeout_times_out(running: Any, service: str, kind: str, effects: int) -> None:
    control(running, "POST", {"service": service, "fault": kind, "seconds": 3000})
    paths = {"obs": "/drops", "ims": "/v2/cloudimages", "smn": f"/v2/{PROJECT}/notifications/topics"}
    if service == "ims" and effects:
        client = running.client("ims", timeout=0.5)
        with pytest.raises(TimeoutError):
            client.call("POST", "/v2/cloudimages/action", CREATE_BODY)
        until(lambda: control(running, path="state", service="obs")["jobs"])
    else:
        with pytest.raises(TimeoutError):
            running.client(service, timeout=0.1).call("GET", paths[service])
    control(running, "DELETE")


def test_the_listed_fault_shows_the_remaining_times(running: Any) -> None:
    control(
        running, "POST", {"service": "ims", "call": "CreateImage", "times": 3, "fault": "status", "code": "IMG.0018"}
    )
    assert create(running) == 503
    (listed,) = control(running, service="ims")["faults"]
    assert (listed["times"], listed["code"], listed["call"]) == (2, "IMG.0018", "CreateImage")


def test_a_fault_without_times_and_probability_applies_until_it_is_cleared(running: Any) -> None:
    control(running, "POST", {"service": "ims", "call": "CreateImage", "fault": "status"})
    assert [create(running) for _ in range(3)] == [503] * 3
    assert control(running, "DELETE") == {"faults": []}
    assert create(running) == 200


def test_a_fault_does_not_apply_to_other_services_and_calls(running: Any) -> None:
    control(running, "POST", {"service": "ims", "call": "ListImages", "fault": "status"})
    assert (put(running), create(running), topic(running)) == (200, 200, 200)


def test_a_fault_for_import_jobs_fails_a_running_job_and_no_call(running: Any) -> None:
    control(running, "POST", {"service": "ims", "call": "ImportJob", "times": 1, "fault": "status", "code": "IMG.1075"})
    assert create(running) == 200
    job = until(lambda: next((job for job in control(running, path="state")["jobs"] if job["failure"]), None))
    assert job["failure"]["code"] == "IMG.1075"
    assert control(running)["faults"] == []


def test_a_probability_of_1_applies_to_every_call(running: Any) -> None:
    control(running, "POST", {"service": "smn", "probability": 1, "fault": "status", "status": 500})
    assert [topic(running) for _ in range(3)] == [500] * 3
    assert control(running)["faults"][0]["probability"] == 1


def test_an_error_set_as_a_fault_has_the_format_of_its_service(running: Any) -> None:
    fault = {"times": 1, "fault": "status", "status": 400}
    for code in ("IMG.0061", "APIGW.0308"):
        control(running, "POST", {"service": "ims", **fault, "code": code})
    ims_error = running.client("ims").call("GET", "/v2/cloudimages").json
    assert ims_error["error"]["code"] == "IMG.0061"
    assert running.client("ims").call("GET", "/v2/cloudimages").json["error_code"] == "APIGW.0308"
    control(running, "POST", {"service": "smn", **fault, "code": "SMN.0007"})
    assert running.client("smn").call("GET", f"/v2/{PROJECT}/notifications/topics").json["code"] == "SMN.0007"
    control(running, "POST", {"service": "obs", **fault, "code": "SlowDown", "status": 503})
    with pytest.raises(ClientError, match="SlowDown"):
        running.s3().list_buckets()


BAD: list[tuple[Any, str]] = [
    (b"", "Invalid JSON"),
    (b"{", "Invalid JSON"),
    (b"\xff", "Invalid JSON"),
    ([], "object"),
    ({}, "service: Field required"),
    ({"service": "ims"}, "fault: Field required"),
    ({"service": "ecs", "fault": "reset"}, "'obs', 'ims', 'smn', 'eg' or 'kms'"),
    ({"service": "ims", "fault": "explode"}, "'status', 'timeout_before'"),
    ({"service": "ims", "fault": "reset", "times": 0}, "times: "),
    ({"service": "ims", "fault": "reset", "times": "often"}, "times: "),
    ({"service": "ims", "fault": "reset", "probability": 0}, "probability: "),
    ({"service": "ims", "fault": "reset", "probability": 1.5}, "probability: "),
    ({"service": "ims", "fault": "reset", "times": 1, "probability": 0.5}, "not both"),
    ({"service": "ims", "fault": "status", "status": 200}, "status: "),
    ({"service": "ims", "fault": "slow", "seconds": -1}, "seconds: "),
    ({"service": "ims", "fault": "reset", "colour": "red"}, "colour: Extra"),
    ({"service": "ims", "call": "CreateImages", "fault": "reset"}, "CreateImage,"),
    ({"service": "obs", "call": "CreateImage", "fault": "reset"}, "obs has no 'CreateImage'"),
    ({"service": "ims", "fault": "drop"}, "is for events"),
    ({"service": "smn", "call": "PublishMessage", "fault": "drop"}, "is for events"),
    ({"service": "obs", "call": "Event", "fault": "reset"}, "Event takes drop"),
    ({"service": "ims", "call": "ImportJob", "fault": "reset"}, "ImportJob takes slow, status"),
    ({"service": "ims", "fault": "slow", "after": True}, "after is for"),
    (b" " * 70_000, "at most"),
]


@pytest.mark.parametrize(("body", "reason"), BAD, ids=lambda value: str(value)[:60])
def test_a_fault_that_can_never_apply_is_refused_with_a_reason(running: Any, body: Any, reason: str) -> None:
    status, answer = control(running, "POST", body)
    assert status == 400
    assert reason in answer["error"]
    assert "\n" not in answer["error"]
    assert control(running)["faults"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"), [("PUT", "faults", 405), ("POST", "state", 405), ("GET", "x", 404)]
)
def test_unknown_control_requests_are_refused(running: Any, method: str, path: str, status: int) -> None:
    assert control(running, method, None if method == "GET" else {}, path)[0] == status
