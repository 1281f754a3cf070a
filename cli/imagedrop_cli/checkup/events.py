"""Checks of the way in: how imagedrop hears of new objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdksmn.v2 import ListSubscriptionsByTopicRequest, SmnClient
from requests import RequestException

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.settings import Settings
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

TIMEOUT = (5, 15)  # s, to connect and to read
PENDING, CONFIRMED = 0, 1  # SMN API: status of a subscription
WEB = ("http", "https")


class SmnError(Exception):
    """SMN refuses, or does not answer. `refused`: it has answered."""

    def __init__(self, text: str, refused: bool) -> None:
        super().__init__(text)
        self.refused = refused


def list_subscriptions(settings: Settings, keys: HuaweiKeys) -> list[Any]:
    """Of the topic. Raises SmnError."""
    credentials = BasicCredentials(keys.ak, keys.sk, settings.project_id)
    if keys.token:
        credentials = credentials.with_security_token(keys.token)
    config = HttpConfig(timeout=TIMEOUT)
    builder = SmnClient.new_builder().with_http_config(config).with_credentials(credentials)
    client = builder.with_endpoint(settings.smn_cert_url()).build()
    request = ListSubscriptionsByTopicRequest(topic_urn=settings.smn_topic_urn, offset=0, limit=100)
    try:
        return list(client.list_subscriptions_by_topic(request).subscriptions or ())
    except ServiceResponseException as error:
        raise SmnError(f"{error.error_code}: {error.error_msg}", refused=error.status_code < 500) from None
    except (SdkException, RequestException) as error:
        raise SmnError(f"{type(error).__name__}: {error}", refused=False) from None


class EventChecks:
    """`subscriptions`: lists those of the topic. `intake_url`: empty if it is not known here."""

    def __init__(self, settings: Settings, subscriptions: Callable[[], list[Any]], intake_url: str = "") -> None:
        self._settings, self._subscriptions, self._intake_url = settings, subscriptions, intake_url

    def run(self) -> Iterator[CheckResult]:
        settings = self._settings
        ways = [
            *([f"notifications of {settings.smn_topic_urn}, signed by SMN"] if settings.smn_topic_urn else ()),
            *([f"requests with the header {settings.webhook_header}"] if settings.webhook_secret else ()),
        ]
        yield ok("events.way", "; ".join(ways) or "none: new objects are found by listing the bucket")
        if settings.smn_topic_urn:
            yield self._subscription()

    def _subscription(self) -> CheckResult:
        topic, name = self._settings.smn_topic_urn, "events.subscription"
        if f":{self._settings.region}:" not in topic:
            fix = "Use a topic in the region of the bucket, or correct smn_topic_urn."
            return wrong(name, f"{topic} is not in {self._settings.region}", fix)
        try:
            found = [one for one in self._subscriptions() if one.protocol in WEB and one.status in (PENDING, CONFIRMED)]
        except SmnError as error:
            if error.refused:
                fix = "Check smn_topic_urn, and that the user of the keys may list its subscriptions (smn:topic:list)."
                return wrong(name, f"{topic}: {error}", fix)
            return unknown(name, f"{self._settings.smn_cert_url()} does not answer: {error}")
        ours = [one for one in found if not self._intake_url or _same(one.endpoint, self._intake_url)]
        if not ours:
            seen = ", ".join(one.endpoint for one in found) or "nobody"
            fix = f"Subscribe {self._intake_url or 'the URL of the intake'} to the topic, protocol HTTPS."
            return wrong(name, f"{topic} notifies {seen}", fix)
        if not any(one.status == CONFIRMED for one in ours):
            fix = "Request the confirmation again in SMN: the intake confirms by itself if smn_topic_urn is this topic."
            return wrong(name, f"{ours[0].endpoint} is not confirmed", fix)
        return ok(name, f"{ours[0].endpoint} is confirmed")


def _same(first: str, second: str) -> bool:
    """Whatever the slash at the end."""
    a, b = urlsplit(first), urlsplit(second)
    return (a.scheme, a.netloc.lower(), a.path.rstrip("/")) == (b.scheme, b.netloc.lower(), b.path.rstrip("/"))
