"""Checks of EventGrid: a subscription passes the events of the bucket on to where imagedrop takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huaweicloudsdkeg.v1 import EgClient, ListSubscriptionsRequest

from imagedrop_cli.checkup.huawei import Account, HuaweiError, translate_errors
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong
from imagedrop_cli.checkup.urls import is_same_url

SOURCE = "HC.OBS.DWR"
PAGE = 100
NAME, KEYS, HEADER = "events.eventgrid", "events.keys", "events.header"


@dataclass(frozen=True)
class Passing:
    """A subscription to the bucket. `targets`: of any kind, as EventGrid shows them."""

    name: str
    enabled: bool
    keys_encoded: bool | None
    targets: tuple[Any, ...]


class EventGridChecks:
    """`intake_url`: empty if it is not known here."""

    def __init__(self, account: Account, intake_url: str = "") -> None:
        self._account, self._settings, self._intake_url = account, account.settings, intake_url

    def run(self) -> Iterator[CheckResult]:
        settings = self._settings
        if not (settings.smn_topic_urn or settings.webhook_secret):
            return
        url = self._account.url("eg")
        if not url:
            yield unknown(NAME, "not asked: from ims_endpoint does not follow where EventGrid is")
            return
        try:
            passing = [one for one in self._subscriptions(url) if any(map(self._is_ours, one.targets))]
        except HuaweiError as error:
            fix = "Allow the user of the keys to list subscriptions (eg:subscriptions:list), to see the way in here."
            yield unknown(NAME, f"{url}: {error}", fix if error.refused else "")
            return
        if not passing:
            fix = "Create the subscription (docs/deploy.md), unless the events come on another way than EventGrid."
            yield unknown(NAME, f"no subscription to {settings.drop_bucket} has this installation as its target", fix)
            return
        enabled = [one for one in passing if one.enabled]
        if not enabled:
            yield wrong(NAME, f"{passing[0].name} is disabled", "Enable the subscription in EventGrid.")
            return
        yield ok(NAME, f"{', '.join(one.name for one in enabled)}: events of {settings.drop_bucket}")
        yield self._keys(enabled[0])
        yield from self._header(enabled[0])

    def _keys(self, found: Passing) -> CheckResult:
        if found.keys_encoded is None:
            return unknown(KEYS, "EventGrid does not say whether it encodes object keys")
        seen = "encoded" if found.keys_encoded else "not encoded"
        if found.keys_encoded == self._settings.event_keys_encoded:
            return ok(KEYS, seen)
        fix = f"Set event_keys_encoded to {str(found.keys_encoded).lower()}."
        return wrong(KEYS, f"{seen}; the setting says otherwise, so some objects would not be found", fix)

    def _header(self, found: Passing) -> Iterator[CheckResult]:
        """Without the header, the intake refuses every event of a target that is a URL."""
        for target in found.targets:
            if not self._is_intake(target):
                continue
            parameters = (_detail(target).get("invocation_http_parameters") or {}).get("header_parameters") or ()
            sent = {str(parameter.get("key", "")).lower() for parameter in parameters}
            if self._settings.webhook_header.lower() in sent:
                yield ok(HEADER, f"{found.name} sends {self._settings.webhook_header}; its value is not shown")
            else:
                fix = f"Add the header parameter {self._settings.webhook_header} with the secret to the target."
                yield wrong(HEADER, f"{found.name} sends {', '.join(sorted(sent)) or 'no header'}", fix)

    def _is_ours(self, target: Any) -> bool:
        return self._is_topic(target) or self._is_intake(target)

    def _is_topic(self, target: Any) -> bool:
        detail, urn = target.smn_detail, self._settings.smn_topic_urn
        return bool(urn) and urn == (getattr(detail, "urn", None) or _detail(target).get("urn"))

    def _is_intake(self, target: Any) -> bool:
        url = _detail(target).get("url", "")
        if not self._settings.webhook_secret or not url:
            return False
        return not self._intake_url or is_same_url(url, self._intake_url)

    def _subscriptions(self, url: str) -> Iterator[Passing]:
        """Those to the bucket. Raises HuaweiError."""
        client, offset = self._account.client(EgClient, url), 0
        while True:
            with translate_errors():
                page = client.list_subscriptions(ListSubscriptionsRequest(offset=offset, limit=PAGE)).items or ()
            for item in page:
                for source in item.sources or ():
                    detail = source.detail if isinstance(source.detail, Mapping) else {}
                    if source.name == SOURCE and detail.get("bucket") == self._settings.drop_bucket:
                        enabled, encoded = item.status == "ENABLED", detail.get("objectKeyEncode")
                        yield Passing(item.name, enabled, encoded, tuple(item.targets or ()))
            if len(page) < PAGE:
                return
            offset += PAGE


def _detail(target: Any) -> Mapping[str, Any]:
    return target.detail if isinstance(target.detail, Mapping) else {}
