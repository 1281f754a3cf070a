"""Checks of EventGrid: a subscription passes the events of the bucket on to where imagedrop takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huaweicloudsdkeg.v1 import EgClient, ListSubscriptionsRequest

from imagedrop_cli.checkup.huawei import PAGES, Account, HuaweiError, call
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong
from imagedrop_cli.checkup.urls import is_same_url

SOURCE = "HC.OBS.DWR"
PAGE = 100
NAME, KEYS, HEADER = "events.eventgrid", "events.keys", "events.header"
ENABLED, DISABLED = "ENABLED", "DISABLED"


@dataclass(frozen=True)
class Passing:
    """A subscription to the bucket. `targets`: of any kind, as EventGrid shows them."""

    name: str
    status: str
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
            fix = "Look at the subscription in the console."
            yield unknown(NAME, "not asked: ims_endpoint does not tell the address of EventGrid", fix)
            return
        try:
            ours = [one for one in self._subscriptions(url) if any(map(self._is_ours, one.targets))]
        except HuaweiError as error:
            allow = "Allow the user of the keys to list subscriptions (eg:subscriptions:list)."
            yield unknown(NAME, f"{url}: {error}", allow if error.refused else "Try again later.")
            return
        if not ours:
            fix = "Create the subscription (docs/deploy.md), unless the events come on another way than EventGrid."
            yield unknown(NAME, f"no subscription to {settings.drop_bucket} has this installation as its target", fix)
            return
        yield self._status(ours)
        enabled = [one for one in ours if one.status != DISABLED]
        if enabled:
            yield self._keys(enabled)
            yield from self._header(enabled)

    def _status(self, ours: list[Passing]) -> CheckResult:
        enabled = [one.name for one in ours if one.status == ENABLED]
        if enabled:
            return ok(NAME, f"{', '.join(enabled)}: events of {self._settings.drop_bucket}; filters are not looked at")
        if disabled := [one.name for one in ours if one.status == DISABLED]:
            return wrong(NAME, f"{', '.join(disabled)} is disabled", "Enable the subscription in EventGrid.")
        return unknown(NAME, f"{ours[0].name} is {ours[0].status or 'in no state'}", "Look at it in the console.")

    def _keys(self, ours: list[Passing]) -> CheckResult:
        setting = self._settings.event_keys_encoded
        if differing := [one for one in ours if one.keys_encoded is (not setting)]:
            how = "does not encode" if setting else "encodes"
            fix = f"Set event_keys_encoded to {str(not setting).lower()}; all subscriptions must be alike."
            return wrong(KEYS, f"{differing[0].name} {how} object keys, so some objects would not be found", fix)
        if all(one.keys_encoded is None for one in ours):
            return unknown(KEYS, "EventGrid does not say whether it encodes object keys", "Look in the console.")
        return ok(KEYS, "encoded" if setting else "not encoded")

    def _header(self, ours: list[Passing]) -> Iterator[CheckResult]:
        """Without the header, the intake refuses every event of a target that is a URL."""
        header = self._settings.webhook_header
        sent = [(one, _headers(target)) for one in ours for target in one.targets if self._is_intake(target)]
        if any(header.lower() in names for _, names in sent):
            yield ok(HEADER, f"{header} is sent; its value is not shown")
        elif sent and self._intake_url:
            fix = f"Add the header parameter {header} with the secret to the target."
            yield wrong(HEADER, f"{sent[0][0].name} sends {', '.join(sorted(sent[0][1])) or 'no header'}", fix)
        elif sent:  # perhaps the URL of somebody else, who must not get the secret
            fix = f"If the target is the intake of this installation, add the header parameter {header} to it."
            yield unknown(HEADER, f"{sent[0][0].name} sends no {header}", fix)

    def _is_ours(self, target: Any) -> bool:
        return self._is_topic(target) or self._is_intake(target)

    def _is_topic(self, target: Any) -> bool:
        urn = self._settings.smn_topic_urn
        return bool(urn) and urn == (getattr(target.smn_detail, "urn", None) or _detail(target).get("urn"))

    def _is_intake(self, target: Any) -> bool:
        url = _detail(target).get("url")
        if not self._settings.webhook_secret or not isinstance(url, str) or not url:
            return False
        return not self._intake_url or is_same_url(url, self._intake_url)

    def _subscriptions(self, url: str) -> Iterator[Passing]:
        """Those to the bucket. Raises HuaweiError."""
        client, known = self._account.client(EgClient, url), set[str]()
        for page in range(PAGES):
            request = ListSubscriptionsRequest(offset=page * PAGE, limit=PAGE)
            items = call(lambda request=request: client.list_subscriptions(request), has="items").items  # type: ignore[misc]
            new = [item for item in items if item is not None and item.id not in known]
            for item in new:
                known.add(item.id)
                yield from self._passing(item)
            if len(items) < PAGE or not new:
                return

    def _passing(self, item: Any) -> Iterator[Passing]:
        targets = tuple(target for target in item.targets or () if target is not None)
        for source in item.sources or ():
            detail = getattr(source, "detail", None)
            if not isinstance(detail, Mapping) or source.name != SOURCE:
                continue
            if detail.get("bucket") == self._settings.drop_bucket:
                encoded = {True: True, False: False, "true": True, "false": False}.get(detail.get("objectKeyEncode"))
                yield Passing(str(item.name or item.id), str(item.status or ""), encoded, targets)


def _headers(target: Any) -> set[str]:
    parameters = _detail(target).get("invocation_http_parameters")
    headers = parameters.get("header_parameters") if isinstance(parameters, Mapping) else None
    return {str(one.get("key", "")).lower() for one in headers or () if isinstance(one, Mapping)}


def _detail(target: Any) -> Mapping[str, Any]:
    return target.detail if isinstance(target.detail, Mapping) else {}
