"""The way of an event: from OBS through SMN, which signs it and tries again, into the intake."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Literal

from imagedrop.smn import Certificates
from imagedrop_local.obs import envelopes
from imagedrop_local.obs.model import Cause, EventRule, ObjectEvent
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.smn.messages import Writer
from support import signed
from support.world import BUCKET

TOPIC = f"urn:smn:{signed.REGION}:{signed.PROJECT}:imagedrop"
ORIGIN = f"https://smn.{signed.REGION}.myhuaweicloud.com"
SECRET_ID, SECRET, HEADER = "webhook", "the secret of the webhook", "x-imagedrop-secret"
TRIES, BETWEEN = 7, 30.0  # SMN: six more, s apart
RULE = EventRule(id="imagedrop", topic=TOPIC, events=("ObjectCreated:*",))


@cache
def certificate() -> Certificate:
    with TemporaryDirectory() as folder:
        return Certificate(Path(folder), signed.REGION)


CERTIFICATES = Certificates()  # for all histories: their keys are one


def fetch(url: str) -> bytes:
    assert url == f"{ORIGIN}/smn/{certificate().name}"
    return certificate().pem


def secret(name: str) -> str:
    assert name == SECRET_ID
    return SECRET


def push(random: Random, form: Literal["A", "B", "C"], key: str, etag: str, now: datetime, *, sign: bool) -> Any:
    """The function URL's event: a push signed by SMN, or one that only carries the secret."""
    event = ObjectEvent("ObjectCreated:Put", BUCKET, key, etag, 1, now, Cause("127.0.0.1", "R" * 32))
    message = envelopes.message(envelopes.Shape(form), event, RULE)
    number = f"{random.getrandbits(128):032x}"
    if sign:
        body = Writer(certificate(), signed.REGION, ORIGIN).notification(TOPIC, number, message, "OBS", now)
        return _event(body, {})
    return _event(json.loads(message), {HEADER: SECRET})


def _event(body: Any, headers: dict[str, str]) -> dict[str, Any]:
    return {"requestContext": {"http": {"method": "POST"}}, "headers": headers, "body": json.dumps(body)}
