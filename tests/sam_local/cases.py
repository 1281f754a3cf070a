"""The cases: every function, each of its files in events/, and the states in which it gets the event."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop_local.project_paths import ROOT
from tests.sam_local.fill_event import FORGED, HEADER
from tests.sam_local.world import World

EVENTS = ROOT / "events"
Prepare = Callable[[World], object]
Wrap = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """`wrap`: makes the function's event from the file's content. `cold_start`: run with `sam local invoke`, which is
    slow; the others run with `sam local start-lambda`, which uses the same container again."""

    function: str
    file: str
    state: str
    prepare: Prepare
    wrap: Wrap = lambda content: content
    cold_start: bool = False

    def event(self) -> Any:
        """From the file, before `fill_event` adapts it to a world."""
        return self.wrap(read(self.file))


def read(file: str) -> Any:
    return json.loads((EVENTS / file).read_text("utf-8"))


def uncovered(cases: list[Case]) -> list[Path]:
    """Files of events/ that no case uses."""
    return [path for path in sorted(EVENTS.glob("*.json")) if path.name not in {case.file for case in cases}]


def all_cases() -> list[Case]:
    return [*_intake(), *_validate(), *_register(), *_poll(), *_notify(), *_sweep(), *_status()]


# --- events made from a file -------------------------------------------------------------------------------------


def _pushed(body: Any) -> Any:
    """A request with a body that SMN pushes."""
    return read("intake-smn-push.json") | {"body": json.dumps(body), "isBase64Encoded": False}


def _with_secret(body: Any) -> Any:
    """A request with the secret header."""
    return read("intake-secret-header.json") | {"body": json.dumps(body)}


def _with_wrong_secret(event: Any) -> Any:
    changed = copy.deepcopy(event)
    del changed["headers"][HEADER]
    return changed | {"headers": changed["headers"] | {HEADER.upper(): "guessed"}}


def _forged(body: Any) -> Any:
    return _pushed(body | {"signature": FORGED})


def _unsigned(event: Any) -> Any:
    context = {name: value for name, value in event["requestContext"].items() if name != "authorizer"}
    return event | {"requestContext": context}


def _without_key(event: Any) -> Any:
    return {name: value for name, value in event.items() if name != "queryStringParameters"} | {"rawQueryString": ""}


# --- the cases ---------------------------------------------------------------------------------------------------


def _nothing(world: World) -> None:
    pass


def _intake() -> Iterator[Case]:
    for file in ("intake-smn-push.json", "intake-secret-header.json"):
        yield Case("intake", file, "nothing", _nothing, cold_start=True)
    yield Case("intake", "intake-secret-header.json", "the secret is wrong", _nothing, _with_wrong_secret)
    for file in ("smn-notification-obs.json", "smn-notification-eventgrid.json", "smn-unsubscribe-confirmation.json"):
        yield Case("intake", file, "pushed", _subscription, _pushed)
    yield Case("intake", "smn-subscription-confirmation.json", "a subscription waits", _subscription, _pushed)
    yield Case("intake", "smn-notification-obs.json", "the signature is forged", _nothing, _forged)
    for path in sorted(EVENTS.glob("obs-*.json")) + sorted(EVENTS.glob("sns-*.json")):
        yield Case("intake", path.name, "with the secret header", _nothing, _with_secret)


def _subscription(world: World) -> None:
    """Adds a pending subscription. By mail: a push to confirm it would be retried during the case."""
    topic = world.cloud.state()["topics"][0]
    world.cloud.smn.subscribe(topic, "email", "ada@example.com")


def _validate() -> Iterator[Case]:
    for file in ("validate-sqs.json", "validate-sqs-envelope.json"):
        yield Case("validate", file, "image and sidecar", World.drop, cold_start=True)
    yield Case("validate", "validate-sqs.json", "no sidecar yet", World.put_image)
    yield Case("validate", "validate-sqs.json", "a sidecar with errors", lambda world: world.drop(min_disk=7, nmae="x"))
    yield Case("validate", "validate-sqs.json", "OBS does not answer", _obs_down)


def _obs_down(world: World) -> None:
    world.drop()
    world.fault("obs", "HeadObject", "status", status=503)


def _register() -> Iterator[Case]:
    file = "register-sqs.json"
    yield Case("register", file, "accepted", _accepted, cold_start=True)
    for state, fault in (
        ("IMS refuses", {"fault": "status", "status": 400, "code": "IMG.0037"}),
        ("IMS is busy", {"fault": "status", "status": 429, "code": "APIGW.0308"}),
        ("IMS accepts and the answer is lost", {"fault": "timeout_after", "seconds": 0}),
    ):
        yield Case("register", file, state, lambda world, fault=fault: _accepted_but(world, **fault))  # type: ignore[misc]


def _accepted(world: World) -> None:
    world.drop()
    world.advance_to("accepted")


def _accepted_but(world: World, **fault: Any) -> None:
    _accepted(world)
    world.fault("ims", "CreateImage", **fault)


def _poll() -> Iterator[Case]:
    yield Case("poll", "poll-sqs.json", "the job has ended", _imported, cold_start=True)
    yield Case("poll", "poll-sqs.json", "the job runs", _importing)
    yield Case("poll", "poll-sqs.json", "the job has failed", _import_failed)


def _importing(world: World) -> None:
    world.drop()
    world.advance_to("importing")
    world.advance_clock(20)  # the job has started


def _imported(world: World) -> None:
    _importing(world)
    world.advance_clock(600)


def _import_failed(world: World) -> None:
    world.fault("ims", "ImportJob", "status", times=1, code="IMG.0055")
    _imported(world)


def _notify() -> Iterator[Case]:
    yield Case("notify", "notify-sqs.json", "registered", _registered, cold_start=True)
    yield Case("notify", "notify-sqs.json", "rejected, in Chinese", _rejected)


def _registered(world: World) -> None:
    _imported(world)
    world.run_once("poll")


def _rejected(world: World) -> None:
    world.drop(min_disk=7, owner={"email": "lin@example.com", "name": "林", "language": "zh"})
    world.advance_to("rejected")


def _sweep() -> Iterator[Case]:
    yield Case("sweep", "sweep-schedule.json", "an event was lost", World.drop, cold_start=True)
    yield Case("sweep", "sweep-schedule.json", "the ledger was lost", _ledger_lost)


def _ledger_lost(world: World) -> None:
    _importing(world)
    world.clear_ledger()


def _status() -> Iterator[Case]:
    yield Case("status", "status-function-url.json", "accepted", _accepted, cold_start=True)
    yield Case("status", "status-function-url.json", "all drops", _accepted, _without_key)
    yield Case("status", "status-function-url.json", "unsigned", _accepted, _unsigned)
