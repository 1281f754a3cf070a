"""An OBS event as the intake function gets it: pushed by SMN, which signs it and retries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from pydantic import BaseModel

from imagedrop.intake.receive import PushChecks
from imagedrop_local.memory.fake_clock import START
from imagedrop_local.obs import envelopes
from imagedrop_local.obs.model import Cause, EventRule, ObjectEvent
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.smn.messages import MessageWriter
from imagedrop_local.smn.switches import SmnSwitches
from tests.support import signed_requests
from tests.support.world import BUCKET

T = TypeVar("T", bound=BaseModel)

TOPIC = f"urn:smn:{signed_requests.REGION}:{signed_requests.PROJECT}:imagedrop"
ORIGIN = f"https://smn.{signed_requests.REGION}.myhuaweicloud.com"
SECRET_ID, SECRET, HEADER = "webhook", "the secret of the webhook", "x-imagedrop-secret"
TRIES = 7  # SMN retries six times
RULE = EventRule(id="imagedrop", topic=TOPIC, events=("ObjectCreated:*",))


@cache
def certificate() -> Certificate:
    with TemporaryDirectory() as folder:
        return Certificate(Path(folder), signed_requests.REGION, START)


def fetch(url: str) -> bytes:
    assert url == f"{ORIGIN}/smn/{certificate().name}"
    return certificate().pem


def secret(name: str) -> str:
    assert name == SECRET_ID
    return SECRET


CHECKS = PushChecks(secret, fetch)  # shared by all histories, because they share the certificate


def push(random: Random, switches: Mapping[str, Any], key: str, etag: str, now: datetime, *, sign: bool) -> Any:
    """The function URL's event: a push signed by SMN, or one with the shared secret."""
    obs_switches, smn_switches = _select(ObsSwitches, switches), _select(SmnSwitches, switches)
    event = ObjectEvent("ObjectCreated:Put", BUCKET, key, etag, 1, now, Cause("127.0.0.1", "R" * 32))
    message = envelopes.message(envelopes.EventFormat(obs_switches, signed_requests.REGION), event, RULE)
    message_id = f"{random.getrandbits(128):032x}"
    if sign:
        writer = MessageWriter(certificate(), signed_requests.REGION, ORIGIN, smn_switches.smn_empty_subject)
        body = writer.notification(TOPIC, message_id, message, random.choice(("OBS", "", None)), now)
        return _event(body, {})
    return _event(json.loads(message), {HEADER: SECRET})


def _select(kind: type[T], switches: Mapping[str, Any]) -> T:
    return kind(**{name: value for name, value in switches.items() if name in kind.model_fields})


def _event(body: Any, headers: dict[str, str]) -> dict[str, Any]:
    return {"requestContext": {"http": {"method": "POST"}}, "headers": headers, "body": json.dumps(body)}
