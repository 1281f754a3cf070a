"""Checks of the way in: how imagedrop hears of new objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from huaweicloudsdksmn.v2 import ListSubscriptionsByTopicRequest, SmnClient

from imagedrop.settings import Settings
from imagedrop_cli.checkup.huawei import PAGES, Account, HuaweiError, call
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong
from imagedrop_cli.checkup.urls import is_same_url

PENDING, CONFIRMED = 0, 1  # SMN API: status of a subscription
WEB = ("http", "https")
PAGE = 100
SHOWN = 5  # endpoints of others


def list_subscriptions(account: Account) -> list[Any]:
    """Of the topic. Raises HuaweiError."""
    client, found = account.client(SmnClient, account.settings.smn_cert_url()), list[Any]()
    for page in range(PAGES):
        request = ListSubscriptionsByTopicRequest(
            topic_urn=account.settings.smn_topic_urn, offset=page * PAGE, limit=PAGE
        )
        answer = call(lambda request=request: client.list_subscriptions_by_topic(request), has="subscriptions")  # type: ignore[misc]
        found += [one for one in answer.subscriptions if one is not None]
        if len(answer.subscriptions) < PAGE:
            break
    return found


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
        except HuaweiError as error:
            if error.refused:
                fix = "Check smn_topic_urn, and that the user of the keys may list its subscriptions (smn:topic:list)."
                return wrong(name, f"{topic}: {error}", fix)
            return unknown(name, f"{self._settings.smn_cert_url()}: {error}", "Try again later.")
        ours = [one for one in found if not self._intake_url or is_same_url(one.endpoint, self._intake_url)]
        if not ours:
            seen = ", ".join(one.endpoint for one in found[:SHOWN]) or "nobody"
            fix = f"Subscribe {self._intake_url or 'the URL of the intake'} to the topic, protocol HTTPS."
            return wrong(name, f"{topic} notifies {seen}", fix)
        if not any(one.status == CONFIRMED for one in ours):
            fix = "Request the confirmation again in SMN: the intake confirms by itself if smn_topic_urn is this topic."
            return wrong(name, f"{ours[0].endpoint} is not confirmed", fix)
        return ok(name, f"{ours[0].endpoint} is confirmed")
