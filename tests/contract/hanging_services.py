"""Each function with one service that accepts and never answers, through the real adapter; the others are in memory.

python -m tests.contract.hanging_services    measures with the real limits and prints the table of the docs; 6 minutes
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

from imagedrop.adapters import time_limits
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.domain import transitions
from imagedrop.domain.drop import Reason
from imagedrop.entry import runtime as entry_runtime
from imagedrop.entry import sqs_batch
from imagedrop.entry.runtime import Runtime
from imagedrop.ports import QueueName
from imagedrop_local.project_paths import ROOT, SAMPLES, function
from tests.support.hanging import HangingServer
from tests.support.world import HANDLERS, World

EVENTS = ROOT / "events"
LIMITS = {"intake": 10, "validate": 120, "register": 60, "poll": 120, "notify": 60, "sweep": 300, "status": 15}
SERVICES: dict[str, Mapping[str, str]] = {  # port that the service is behind, and the variables with its address
    "OBS": {"objects": "IMAGEDROP_OBS_ENDPOINT"},
    "IMS": {"images": "IMAGEDROP_IMS_ENDPOINT"},
    "DynamoDB": {"ledger": "AWS_ENDPOINT_URL_DYNAMODB"},
    "SQS": {"queues": "AWS_ENDPOINT_URL_SQS"},
    "SNS": {"topic": "AWS_ENDPOINT_URL_SNS"},
    "SES": {"mail": "AWS_ENDPOINT_URL_SESV2"},
    "Secrets Manager": {"objects": "AWS_ENDPOINT_URL_SECRETS_MANAGER"},
}
CASES = [
    *[("validate", service) for service in ("OBS", "DynamoDB", "SQS", "Secrets Manager")],
    *[("register", service) for service in ("OBS", "IMS", "DynamoDB", "SQS", "Secrets Manager")],
    *[("poll", service) for service in ("OBS", "IMS", "DynamoDB", "SQS")],
    *[("notify", service) for service in ("OBS", "SNS", "SES", "DynamoDB")],
    *[("sweep", service) for service in ("OBS", "DynamoDB", "SQS")],
    ("status", "DynamoDB"),
    *[("intake", service) for service in ("DynamoDB", "SQS", "Secrets Manager")],
]
QUEUE_OF: dict[str, QueueName] = {name: queue for queue, name in HANDLERS.items()}
NOTIFICATION = (EVENTS / "smn-notification-obs.json").read_text()
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "s",
    "AWS_EC2_METADATA_DISABLED": "true",
    "IMAGEDROP_REGION": "cn-north-4",
    "IMAGEDROP_PROJECT_ID": "0" * 32,
    "IMAGEDROP_OBS_ADDRESSING": "path",
    "IMAGEDROP_CREDENTIALS": "keys",
    "IMAGEDROP_WEBHOOK_SECRET": "hook",
    "IMAGEDROP_DROP_BUCKET": "drops",
    "IMAGEDROP_DECLARATIONS_ACCEPTED": "true",
    "IMAGEDROP_SMN_TOPIC_URN": json.loads(NOTIFICATION)["topic_urn"],
    "IMAGEDROP_LEDGER_TABLE": "ledger",
    "IMAGEDROP_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:notices",
    "IMAGEDROP_MAIL_FROM": "imagedrop@example.com",
    **{f"IMAGEDROP_{queue.upper()}_QUEUE": f"http://127.0.0.1/{queue}" for queue in HANDLERS},
}


@dataclass
class Outcome:
    """`seconds`: how long the function ran, of `limit`. `requests`: that the hanging service got. `given_back`: so many
    of the `messages`. `answer`: of the function, or the error that it raised. `visible_again`: after so many s."""

    seconds: float
    limit: float
    requests: Counter[str]
    answer: Any
    world: World
    messages: int = 0
    given_back: int = 0
    visible_again: list[int] = field(default_factory=list)


def run(name: str, service: str, scale: float = 1.0) -> Outcome:
    """One invocation. `scale`: of all limits."""
    world = World()
    event = PREPARED[name](world)
    limit = LIMITS[name] * scale
    with ExitStack() as stack:
        server = stack.enter_context(HangingServer())
        stack.enter_context(_limits(scale))
        ((port, variable),) = SERVICES[service].items()
        stack.enter_context(mock.patch.dict(os.environ, ENVIRONMENT | {variable: server.url}))
        runtime = _runtime(world, port, name, scale, keys_are_read=service == "Secrets Manager")
        stack.enter_context(mock.patch.object(entry_runtime, "runtime", return_value=runtime))
        end = time.monotonic() + limit
        context = SimpleNamespace(
            aws_request_id="r", get_remaining_time_in_millis=lambda: int(1000 * (end - time.monotonic()))
        )
        started = time.monotonic()
        try:
            answer = function(name).handler(event, context)
        except Exception as error:  # noqa: BLE001 - Lambda reports any error too
            answer = error
        seconds, requests = time.monotonic() - started, Counter(server.requests)
    failures = answer.get("batchItemFailures", ()) if isinstance(answer, dict) else ()
    waits = [wait for _, wait in world.ports.queues.visibility_changes]
    return Outcome(seconds, limit, requests, answer, world, len(event.get("Records", ())), len(failures), waits)


def _limits(scale: float) -> ExitStack:
    stack = ExitStack()
    for module, names in (
        ("imagedrop.adapters.obs.objects", ("OBS",)),
        ("imagedrop.adapters.ims.images", ("IMS_READ", "IMS_CREATE")),
        ("imagedrop.entry.runtime", ("ANSWER",)),
    ):
        for name in names:
            stack.enter_context(mock.patch(f"{module}.{name}", getattr(time_limits, name) * scale))
    needed = {queue: seconds * scale for queue, seconds in sqs_batch.NEEDED.items()}
    stack.enter_context(mock.patch.object(sqs_batch, "NEEDED", needed))
    stack.enter_context(mock.patch.object(time_limits, "ANSWER", time_limits.ANSWER * scale))
    return stack


def _runtime(world: World, port: str, name: str, scale: float, *, keys_are_read: bool) -> Runtime:
    """All ports but one are those of the world."""
    usual = time_limits.SHORT if name == "intake" else time_limits.STANDARD
    limits = replace(usual, connect=usual.connect * scale, stored=usual.stored * scale, sent=usual.sent * scale)
    runtime = Runtime(os.environ, limits)
    if not keys_are_read:
        runtime.huawei_keys = lambda: HuaweiKeys("AK", "SK")  # type: ignore[method-assign]
        runtime.secrets.get = lambda secret_id: "secret"  # type: ignore[method-assign]
    names = {"objects", "images", "ledger", "queues", "topic", "mail"} - {port}
    memory = {each: getattr(world.ports, each) for each in names}
    runtime.ports.__dict__.update(memory, meter=world.ports.meter, clock=world.ports.clock)
    return runtime


# --- what each function finds


def _registrations(world: World, count: int) -> None:
    for number in range(count):
        row = world.accepted(f"golden/{number}.vhd", b"image %d" % number)
        world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": row.attempt})


def _validate(world: World) -> Any:
    image = SAMPLES / "windows-server-2022.qcow2"
    world.put("golden/w.qcow2", image.read_bytes(), event=False)
    world.put("golden/w.qcow2.json", json.loads(image.with_suffix(".qcow2.json").read_text()))
    return world.ports.queues.event("drops", 1)


def _register(world: World) -> Any:
    _registrations(world, 1)
    return world.ports.queues.event("registrations", 1)


def _poll(world: World) -> Any:
    """Ten jobs, all of which have succeeded."""
    _registrations(world, 10)
    while world.ports.queues.messages("registrations"):
        world.step()
    world.ports.clock.advance(400)
    return world.ports.queues.event("polls", 10)


def _notify(world: World) -> Any:
    for number in range(5):
        row = world.accepted(f"golden/{number}.vhd", b"image %d" % number)
        reason = Reason(code="sidecar.name", message="the name is bad")
        row = world.ports.ledger.save(transitions.end(row, world.ports.clock(), "rejected", reason))
        world.ports.queues.send("notices", {"drop_id": row.drop_id, "attempt": row.attempt})
    return world.ports.queues.event("notices", 5)


def _sweep(world: World) -> Any:
    """Three drops whose messages are lost."""
    _registrations(world, 3)
    while world.ports.queues.messages("registrations"):
        world.step()
    world.ports.queues.wipe()
    world.ports.clock.advance(3600)
    return {}


def _status(world: World) -> Any:
    _registrations(world, 3)
    return {"requestContext": {"authorizer": {"iam": {"accountId": "1"}}}}


def _intake(world: World) -> Any:
    """A notification of SMN, with the secret in place of a valid signature."""
    headers = {"x-imagedrop-secret": "secret"}
    return {"requestContext": {"http": {"method": "POST"}}, "headers": headers, "body": NOTIFICATION}


PREPARED: dict[str, Callable[[World], Any]] = {
    "validate": _validate,
    "register": _register,
    "poll": _poll,
    "notify": _notify,
    "sweep": _sweep,
    "status": _status,
    "intake": _intake,
}


def main() -> None:
    logging.disable(logging.CRITICAL)
    print("| function | limit, s | hanging service | ran for, s | requests that it got | outcome |")
    print("| --- | ---: | --- | ---: | --- | --- |")
    for name, service in CASES:
        outcome = run(name, service)
        verbs = Counter[str]()
        for request, count in outcome.requests.items():
            verbs[request.partition(" ")[0]] += count
        requests = ", ".join(f"{count} {verb}" for verb, count in verbs.items())
        if outcome.messages:
            shown = f"{outcome.given_back} of {outcome.messages} given back"
        elif isinstance(outcome.answer, dict):
            shown = f"answers {outcome.answer.get('statusCode', outcome.answer)}"
        else:
            shown = f"raises {type(outcome.answer).__name__}"
        print(f"| {name} | {LIMITS[name]} | {service} | {outcome.seconds:.1f} | {requests} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
