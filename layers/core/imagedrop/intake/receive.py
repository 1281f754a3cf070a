"""Intake: verifies a push over HTTP and enqueues its drops. SMN waits 5 s for the answer.

SMN retries after a 5xx and never after a 4xx. So 503 means that a retry may succeed, and 4xx that it cannot.

| answer | when                                                                                          |
| ------ | --------------------------------------------------------------------------------------------- |
| 200    | enqueued, confirmed, received before, or without drops of this bucket                         |
| 400    | no JSON, fields of a push missing, or (with the secret header, not from SMN) only bad records |
| 401    | neither signed by SMN nor with the secret header                                              |
| 403    | wrong certificate, signature, topic or time                                                   |
| 405    | not a POST                                                                                    |
| 413    | body longer than MAX_BODY_BYTES                                                               |
| 503    | queue, certificate, confirmation or secret is unavailable                                     |
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imagedrop.intake import replay_protection, smn_signature, webhook_secret
from imagedrop.intake.enqueue import enqueue
from imagedrop.intake.errors import PushRefused, PushUnavailable
from imagedrop.intake.http_get import TIMEOUT, Fetch, FetchFailed, fetch
from imagedrop.intake.smn_certificates import Certificates
from imagedrop.intake.smn_push import SmnPush, is_smn_push, parse_smn_push
from imagedrop.intake.smn_subscription import confirm_subscription
from imagedrop.ports import Ports
from imagedrop.settings import Settings

MAX_BODY_BYTES = 576 * 1024  # an SMN message has up to 256 KiB, and quoting it as JSON may double that
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushRequest:
    """An HTTP request. Header names in lower case; `body` undecoded."""

    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PushResponse:
    """`body` is one line of JSON: counts, or `{"error": "..."}`."""

    status: int
    body: str

    @classmethod
    def of(cls, status: int, **content: Any) -> PushResponse:
        return cls(status, json.dumps(content))


@dataclass(frozen=True)
class PushChecks:
    """What the checks of a push need. `secret`: secret id -> its value; `renew`: reads that value again, returns
    whether it has changed; `certificates` are kept from one push to the next."""

    secret: Callable[[str], str]
    fetch: Fetch = fetch
    certificates: Certificates = field(default_factory=Certificates)
    renew: Callable[[str], bool] = lambda _: False


def receive_push(request: PushRequest, ports: Ports, checks: PushChecks) -> PushResponse:
    """Never raises: unexpected errors are logged and answered with 503, so that SMN sends the push again."""
    try:
        return _receive(request, ports, checks)
    except PushRefused as refusal:
        ports.meter.count("PushesRefused")
        ports.meter.count(f"Pushes{refusal.fault}")
        LOG.warning("push refused", extra={"status": refusal.status, "reason": refusal.reason})
        return PushResponse.of(refusal.status, error=refusal.reason)
    except PushUnavailable as error:
        ports.meter.count("PushesDelayed")
        LOG.warning("push delayed", extra={"reason": str(error)})
        return PushResponse.of(503, error=str(error))
    except Exception:  # a lost push is worse than a repeated one
        ports.meter.count("PushesDelayed")
        LOG.exception("push delayed")
        return PushResponse.of(503, error="temporary failure; send it again")


def _receive(request: PushRequest, ports: Ports, checks: PushChecks) -> PushResponse:
    if request.method != "POST":
        raise PushRefused(405, "Malformed", "only POST is accepted")
    if len(request.body) > MAX_BODY_BYTES:
        raise PushRefused(413, "Oversized", f"the body is larger than {MAX_BODY_BYTES} bytes")
    has_secret = _has_secret(request, ports.settings, checks)
    body = _parse_json(request.body)
    if is_smn_push(body):
        return _receive_smn_push(body, ports, checks, has_secret=has_secret)
    if not has_secret:
        raise PushRefused(401, "Unsigned", "the request has neither SMN's signature nor the secret header")
    return _enqueue(body, ports, refuse_all_bad=True)


def _has_secret(request: PushRequest, settings: Settings, checks: PushChecks) -> bool:
    value, secret_id = request.headers.get(settings.webhook_header.lower()), settings.webhook_secret
    if not value or not secret_id:
        return False
    if webhook_secret.matches(value, checks.secret(secret_id)):
        return True
    return checks.renew(secret_id) and webhook_secret.matches(value, checks.secret(secret_id))


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise PushRefused(400, "Malformed", "the body is not JSON") from None


def _receive_smn_push(body: Mapping[str, Any], ports: Ports, checks: PushChecks, *, has_secret: bool) -> PushResponse:
    """The secret replaces the signature of a notification, but not of a confirmation, whose URL would be called."""
    settings = ports.settings
    push = parse_smn_push(body, settings)
    if push is None:
        ports.meter.count("PushesIgnored")
        return PushResponse.of(200, ignored="a type of push that carries no events")
    replay_protection.check_age(push, settings, ports.clock())
    if not has_secret or push.type != "Notification":
        smn_signature.verify(push, settings, checks.certificates, _fetch_in_time(ports, checks), ports.clock())
    repeated = replay_protection.received_before(push, ports)
    if repeated:
        ports.meter.count("PushesRepeated")
        return PushResponse.of(200, repeated=True)
    response = _handle_smn_push(push, ports, checks)
    if repeated is not None:  # else the ledger does not answer
        replay_protection.remember(push, ports)
    return response


def _handle_smn_push(push: SmnPush, ports: Ports, checks: PushChecks) -> PushResponse:
    if push.type == "Notification":
        # 200 even for bad content: after a 4xx SMN would stop sending for a while.
        return _enqueue(push.fields, ports, refuse_all_bad=False)
    topic = {"topic": ports.settings.smn_topic_urn}
    if push.type == "UnsubscribeConfirmation":
        ports.meter.count("Unsubscribed")
        LOG.warning("SMN has cancelled the subscription", extra=topic)  # its subscribe_url would subscribe again
        return PushResponse.of(200, unsubscribed=True)
    confirm_subscription(push.fields["subscribe_url"], ports.settings, _fetch_in_time(ports, checks))
    LOG.info("subscription confirmed", extra=topic)
    return PushResponse.of(200, confirmed=True)


def _fetch_in_time(ports: Ports, checks: PushChecks) -> Fetch:
    """Fails at once if a fetch and the answer may not fit into what is left of the invocation."""

    def fetch_in_time(url: str) -> bytes:
        if ports.time_left() < TIMEOUT + 1:
            raise FetchFailed("no time is left for it")
        return checks.fetch(url)

    return fetch_in_time


def _enqueue(body: Any, ports: Ports, *, refuse_all_bad: bool) -> PushResponse:
    result = enqueue(body, ports)
    if refuse_all_bad and result.bad and not (result.enqueued or result.ignored):
        raise PushRefused(400, "Malformed", f"at {result.bad[0].at or 'the top'}: {result.bad[0].reason}")
    return PushResponse.of(200, enqueued=result.enqueued, ignored=result.ignored, bad=len(result.bad))
