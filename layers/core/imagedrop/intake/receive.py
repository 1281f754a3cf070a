"""Intake: a push over HTTP is verified, its drops are enqueued, and nothing else: SMN waits 5 s for the answer.

SMN tries again after a 5xx and never after a 4xx, so 503 is for whatever may pass, and 4xx for what never will.

| answer | when                                                                                       |
| ------ | ------------------------------------------------------------------------------------------ |
| 200    | enqueued, confirmed, taken before, or of no concern to us                                  |
| 400    | no JSON, fields of a push missing, nothing but bad records where no SMN stands behind them |
| 401    | neither a signed push nor the secret header                                                |
| 403    | forged (certificate or signature), of another topic, or of another time                    |
| 405    | no POST                        413    over LIMIT                                           |
| 503    | queue, certificate, confirmation or secret cannot be had now                               |
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imagedrop.intake import http_get, replay_protection, smn_certificates, smn_signature, webhook_secret
from imagedrop.intake.enqueue import enqueue
from imagedrop.intake.errors import PushRefused, PushUnavailable
from imagedrop.intake.http_get import Fetch
from imagedrop.ports import Ports
from imagedrop.settings import Settings

MAX_BODY_BYTES = 576 * 1024  # bytes; SMN takes messages of 256 KiB, and quoting one as JSON may double it
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushRequest:
    """An HTTP request. Header names in lower case; `body` as it came."""

    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PushResponse:
    """`body` is one line of JSON: counts, or `{"error": "..."}`."""

    status: int
    body: str

    @classmethod
    def of(cls, status: int, **said: Any) -> PushResponse:
        return cls(status, json.dumps(said))

    @classmethod
    def refused(cls, status: int, reason: str) -> PushResponse:
        return cls.of(status, error=reason)


@dataclass(frozen=True)
class PushChecks:
    """What it takes to let a push in. `secret`: a secret's value by its id; `renew`: reads it anew, and says whether it
    has changed; `certificates` outlive the push."""

    secret: Callable[[str], str]
    fetch: Fetch = http_get.fetch
    certificates: smn_certificates.Certificates = field(default_factory=smn_certificates.Certificates)
    renew: Callable[[str], bool] = lambda _: False


def receive_push(request: PushRequest, ports: Ports, gate: PushChecks) -> PushResponse:
    """Never raises: what is unforeseen is logged and answered with 503, so that the push comes again."""
    try:
        return _taken(request, ports, gate)
    except PushRefused as refusal:
        ports.meter.count("PushesRefused")
        ports.meter.count(f"Pushes{refusal.fault}")
        LOG.warning("push refused with %s: %s", refusal.status, refusal.reason)
        return PushResponse.refused(refusal.status, refusal.reason)
    except PushUnavailable as trouble:
        ports.meter.count("PushesDelayed")
        LOG.warning("push to come again: %s", trouble)
        return PushResponse.refused(503, str(trouble))
    except Exception:  # whatever it is, a lost push would be worse than a second one
        ports.meter.count("PushesDelayed")
        LOG.exception("push to come again")
        return PushResponse.refused(503, "not taken now; send it again")


def _taken(request: PushRequest, ports: Ports, gate: PushChecks) -> PushResponse:
    settings: Settings = ports.settings
    if request.method != "POST":
        raise PushRefused(405, "Malformed", "POST only")
    if len(request.body) > MAX_BODY_BYTES:
        raise PushRefused(413, "Oversized", f"the body has more than the {MAX_BODY_BYTES} bytes that are taken")
    known = _knows_secret(request, settings, gate)
    body = _json(request.body)
    if smn_signature.is_push(body):
        return _smn_push(body, ports, gate, known=known)
    if not known:
        raise PushRefused(401, "Unsigned", "neither a push signed by SMN nor the secret header")
    return _enqueue(body, ports, all_bad=400)


def _knows_secret(request: PushRequest, settings: Settings, gate: PushChecks) -> bool:
    given, name = request.headers.get(settings.webhook_header.lower()), settings.webhook_secret
    if not given or not name:
        return False
    if webhook_secret.matches(given, gate.secret(name)):
        return True
    return gate.renew(name) and webhook_secret.matches(given, gate.secret(name))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise PushRefused(400, "Malformed", "the body is no JSON") from None


def _smn_push(push: Mapping[str, Any], ports: Ports, gate: PushChecks, *, known: bool) -> PushResponse:
    """Whoever knows the secret needs no signature to bring an event, but does to have an address called."""
    settings: Settings = ports.settings
    smn_signature.check_topic(push, settings)
    kind = push["type"]
    if kind not in (smn_signature.NOTIFICATION, *smn_signature.CONFIRMATIONS):
        ports.meter.count("PushesIgnored")
        return PushResponse.of(200, ignored="a type of push that carries no events")
    replay_protection.check_age(push, settings, ports.clock())
    if not (known and kind == smn_signature.NOTIFICATION):
        smn_signature.verify(push, settings, gate.certificates, gate.fetch, ports.clock())
    if before := replay_protection.received_before(push, ports):
        ports.meter.count("PushesRepeated")
        return PushResponse.of(200, repeated=True)
    answer = (
        _enqueue(push, ports, all_bad=200) if kind == smn_signature.NOTIFICATION else _confirmation(push, ports, gate)
    )
    if before is not None:
        replay_protection.remember(push, ports)
    return answer


def _confirmation(push: Mapping[str, Any], ports: Ports, gate: PushChecks) -> PushResponse:
    if push["type"] != "SubscriptionConfirmation":
        ports.meter.count("Unsubscribed")  # calling its subscribe_url would undo what somebody wanted
        LOG.warning("SMN has cancelled the subscription of %s", push["topic_urn"])
        return PushResponse.of(200, unsubscribed=True)
    smn_signature.confirm(push, ports.settings, gate.fetch)
    LOG.info("subscription of %s confirmed", push["topic_urn"])
    return PushResponse.of(200, confirmed=True)


def _enqueue(body: Any, ports: Ports, *, all_bad: int) -> PushResponse:
    """`all_bad`: the status where no record is of use. Not 4xx for SMN: that would have it avoid us for a while."""
    result = enqueue(body, ports)
    if result.bad and not (result.enqueued or result.ignored) and all_bad != 200:
        raise PushRefused(all_bad, "Malformed", f"at {result.bad[0].at or 'the top'}: {result.bad[0].reason}")
    return PushResponse.of(200, enqueued=result.enqueued, ignored=result.ignored, bad=len(result.bad))
