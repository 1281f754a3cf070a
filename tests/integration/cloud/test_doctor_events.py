"""The checks of the way in, against the simulators: each is seen to pass and to fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from huaweicloudsdkeg.v1 import (
    ListSubscriptionsResponse,
    SubscriptionInfo,
    SubscriptionSourceInfo,
    SubscriptionTargetInfo,
)

from imagedrop.settings import Settings
from imagedrop_cli.checkup import huawei
from imagedrop_cli.checkup.eventgrid import EventGridChecks
from imagedrop_cli.checkup.events import EventChecks, list_subscriptions
from imagedrop_cli.checkup.huawei import Account, HuaweiError
from imagedrop_cli.checkup.results import CheckResult
from imagedrop_local.cloud import Cloud
from imagedrop_local.cloud_connection import PROJECT_ID, REGION
from imagedrop_local.eg.subscriptions import HttpsTarget, SmnTarget, Subscription
from imagedrop_local.faults import Fault
from tests.support.answering import answering
from tests.support.doctor import KEYS, Found, Start, outcomes, results, site
from tests.support.endpoint import Endpoint


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.stop()


def notified(cloud: Cloud, url: str = "", confirmed: bool = False, **settings: Any) -> CheckResult:
    """The check of a topic that notifies the URL."""
    urn = cloud.smn.create_topic("drops")
    if url:
        cloud.smn.subscribe(urn, "http", url)
    if confirmed:
        [subscription] = cloud.smn._state._topics.subscriptions(urn)
        cloud.smn._state._topics.confirm(urn, subscription["token"], datetime.now(UTC))
    given = {"smn_topic_urn": urn, "smn_cert_origin": cloud.urls["smn"], **settings}
    return results(site(cloud, **given))["events.subscription"]


def test_without_events_the_bucket_is_listed(start: Start) -> None:
    found = results(site(start()))
    assert "found by listing" in found["events.way"].seen
    assert "events.subscription" not in found


def test_ways_in_are_named(start: Start) -> None:
    urn = f"urn:smn:{REGION}:{PROJECT_ID}:drops"
    found = results(site(start(), smn_topic_urn=urn, webhook_secret="imagedrop/webhook"))["events.way"].seen
    assert (urn in found, "x-imagedrop-secret" in found) == (True, True)


def test_confirmed_subscription(start: Start, endpoint: Endpoint) -> None:
    found = notified(start(), endpoint.url, confirmed=True)
    assert (found.outcome, endpoint.url in found.seen) == ("ok", True)


def test_subscription_that_is_not_confirmed(start: Start, endpoint: Endpoint) -> None:
    found = notified(start(), endpoint.url)
    assert (found.outcome, "is not confirmed" in found.seen, bool(found.fix)) == ("wrong", True, True)


def test_topic_without_subscription(start: Start) -> None:
    found = notified(start())
    assert (found.outcome, "notifies nobody" in found.seen) == ("wrong", True)


@pytest.mark.parametrize(
    ("urn", "says"),
    [(f"urn:smn:{REGION}:{PROJECT_ID}:other", "SMN.0006"), (f"urn:smn:cn-east-3:{PROJECT_ID}:drops", "not in")],
)
def test_topic_that_is_not_there(start: Start, urn: str, says: str) -> None:
    found = notified(start(), smn_topic_urn=urn)
    assert (found.outcome, says in found.seen) == ("wrong", True), found


def test_smn_that_does_not_answer_is_unknown(start: Start) -> None:
    assert notified(start(), smn_cert_origin="http://127.0.0.1:1").outcome == "unknown"


@pytest.mark.parametrize(
    ("intake", "endpoint_url", "outcome"),
    [
        ("https://abc.lambda-url.eu-west-1.on.aws/", "https://abc.lambda-url.eu-west-1.on.aws", "ok"),
        ("https://abc.lambda-url.eu-west-1.on.aws/", "https://old.lambda-url.eu-west-1.on.aws/", "wrong"),
    ],
)
def test_subscription_is_that_of_this_intake(intake: str, endpoint_url: str, outcome: str) -> None:
    other = SimpleNamespace(protocol="email", status=1, endpoint="ada@example.com")
    ours = SimpleNamespace(protocol="https", status=1, endpoint=endpoint_url)
    settings = Settings.of({"region": REGION, "smn_topic_urn": f"urn:smn:{REGION}:x:y"})
    [_, found] = EventChecks(settings, lambda: [other, ours], intake).run()
    assert found.outcome == outcome


# --- EventGrid

TOPIC = f"urn:smn:{REGION}:{PROJECT_ID}:drops"
INTAKE = "https://abc.lambda-url.eu-west-1.on.aws/"
SECRET = {"x-imagedrop-secret": "hidden"}
WAYS: dict[str, tuple[SmnTarget | HttpsTarget, dict[str, str]]] = {
    "to SMN": (SmnTarget(urn=TOPIC), {"smn_topic_urn": TOPIC}),
    "to the intake": (HttpsTarget(url=INTAKE, headers=SECRET), {"webhook_secret": "imagedrop/webhook"}),
}


def passed_on(cloud: Cloud, target: SmnTarget | HttpsTarget, settings: dict[str, Any], **more: Any) -> Found:
    """With a subscription of EventGrid to this target."""
    subscription = Subscription(name="ours", bucket="drops", target=target)
    cloud.eg.subscribe(subscription.model_copy(update=more))
    cloud.eg.subscribe(Subscription(name="another", bucket="other", target=target))
    return results(site(cloud, **{"smn_cert_origin": cloud.urls["smn"], **settings}))


@pytest.mark.parametrize("way", WAYS)
def test_subscription_of_eventgrid(start: Start, way: str) -> None:
    found = passed_on(start(), *WAYS[way])
    assert (found["events.eventgrid"].outcome, found["events.keys"].outcome) == ("ok", "ok")
    assert "ours" in found["events.eventgrid"].seen
    assert "another" not in found["events.eventgrid"].seen


@pytest.mark.parametrize("way", WAYS)
def test_subscription_of_eventgrid_that_is_disabled(start: Start, way: str) -> None:
    found = passed_on(start(), *WAYS[way], enabled=False)["events.eventgrid"]
    assert (found.outcome, "ours is disabled" in found.seen) == ("wrong", True)


@pytest.mark.parametrize("way", WAYS)
def test_without_subscription_of_eventgrid_events_may_come_otherwise(start: Start, way: str) -> None:
    found = passed_on(start(), *WAYS[way], bucket="third")["events.eventgrid"]
    assert (found.outcome, bool(found.fix)) == ("unknown", True)


@pytest.mark.parametrize(
    ("sent", "setting", "outcome"),
    [(True, True, "ok"), (False, False, "ok"), (True, False, "wrong"), (False, True, "wrong")],
)
def test_encoding_of_keys(start: Start, sent: bool, setting: bool, outcome: str) -> None:
    target, settings = WAYS["to SMN"]
    found = passed_on(start(), target, {**settings, "event_keys_encoded": setting}, keys_encoded=sent)["events.keys"]
    assert found.outcome == outcome
    if outcome == "wrong":
        assert found.fix.startswith(f"Set event_keys_encoded to {str(sent).lower()};")


@pytest.mark.parametrize("headers", [SECRET, {}, {"x-other": "hidden"}])
def test_header_with_the_secret(start: Start, headers: dict[str, str]) -> None:
    """Only if it is known which URL is the intake's, the header must be there: nobody else may get the secret."""
    cloud = start()
    target = HttpsTarget(url=INTAKE, headers=headers)
    found = passed_on(cloud, target, WAYS["to the intake"][1])["events.header"]
    right = headers == SECRET
    assert (found.outcome, "hidden" in f"{found.seen} {found.fix}") == ("ok" if right else "unknown", False)
    account = Account(site(cloud, webhook_secret="imagedrop/webhook").settings, KEYS, {"eg": cloud.urls["eg"]})
    known = {result.name: result.outcome for result in EventGridChecks(account, INTAKE).run()}
    assert known["events.header"] == ("ok" if right else "wrong")


def test_target_of_somebody_else_is_not_ours(start: Start) -> None:
    cloud = start()
    cloud.eg.subscribe(Subscription(name="theirs", bucket="drops", target=HttpsTarget(url="https://theirs.example/")))
    found = passed_on(cloud, *WAYS["to the intake"])
    assert {found[name].outcome for name in ("events.eventgrid", "events.keys", "events.header")} == {"ok"}


def test_every_subscription_must_encode_keys_as_the_setting_says(start: Start) -> None:
    cloud = start()
    target, settings = WAYS["to SMN"]
    cloud.eg.subscribe(Subscription(name="zz", bucket="drops", keys_encoded=False, target=target))
    assert passed_on(cloud, target, settings)["events.keys"].outcome == "wrong"


def eventgrid(*items: Any) -> Found:
    """With what EventGrid lists, as the SDK reads it."""

    class Listing:
        def list_subscriptions(self, request: Any) -> Any:
            return ListSubscriptionsResponse(items=list(items))

    class Fake(Account):
        def client(self, kind: Any, url: str) -> Any:
            return Listing()

    settings = Settings.of({"region": REGION, "drop_bucket": "drops", "smn_topic_urn": TOPIC})
    return {result.name: result for result in EventGridChecks(Fake(settings, KEYS, {"eg": "https://eg"})).run()}


def item(**changes: Any) -> Any:
    source = SubscriptionSourceInfo(name="HC.OBS.DWR", detail={"bucket": "drops", "objectKeyEncode": "true"})
    target = SubscriptionTargetInfo(name="HC.SMN", detail={"urn": TOPIC})
    fields = {"id": "1", "name": "ours", "status": "ENABLED", "sources": [source], "targets": [target]}
    return SubscriptionInfo(**{**fields, **changes})


ODD_TARGET = SubscriptionTargetInfo(name="HTTPS", detail={"url": "http://[", "invocation_http_parameters": [None]})


@pytest.mark.parametrize(
    "odd",
    [None, item(id="2", name=None, sources=None, targets=None), item(id="3", sources=[None], targets=[None]),
     item(id="4", targets=[ODD_TARGET])],
)  # fmt: skip
def test_odd_subscription_hides_no_right_one(odd: Any) -> None:
    found = eventgrid(odd, item())
    assert {name: result.outcome for name, result in found.items()} == {"events.eventgrid": "ok", "events.keys": "ok"}


@pytest.mark.parametrize(("status", "outcome"), [("DISABLED", "wrong"), ("CREATED", "unknown"), (None, "unknown")])
def test_status_of_a_subscription(status: str | None, outcome: str) -> None:
    assert eventgrid(item(status=status))["events.eventgrid"].outcome == outcome
    assert eventgrid(item(status=status), item(id="2"))["events.eventgrid"].outcome == "ok"


def test_listing_that_never_ends() -> None:
    """It gives the same page again."""
    found = eventgrid(*(item(id=str(number), sources=[]) for number in range(100)))
    assert found["events.eventgrid"].outcome == "unknown"


def test_subscriptions_of_the_topic_are_listed_to_the_end(start: Start) -> None:
    cloud = start()
    urn = cloud.smn.create_topic("drops")
    for number in range(120):
        cloud.smn.subscribe(urn, "https", f"https://{number}.example/")
    account = Account(site(cloud, smn_topic_urn=urn, smn_cert_origin=cloud.urls["smn"]).settings, KEYS)
    assert len({one.endpoint for one in list_subscriptions(account)}) == 120


def test_busy_service_is_unknown(start: Start) -> None:
    cloud = start()
    cloud.faults.add(Fault(service="smn", call="ListSubscriptionsByTopic", fault="status", status=429))
    assert notified(cloud).outcome == "unknown"


@pytest.mark.parametrize("body", [b"<html></html>", b"{}", b"[1]", b"null", b""])
def test_answer_of_a_proxy_is_unknown(start: Start, body: bytes) -> None:
    with answering(body) as url:
        endpoints = {"eg": url, "kms": url}
        settings = {"smn_topic_urn": TOPIC, "smn_cert_origin": url}
        found = results(replace(site(start(), **settings), endpoints=endpoints))
    names = ("kms.keys", "events.eventgrid", "events.subscription")
    assert {name: found[name].outcome for name in names} == dict.fromkeys(names, "unknown")


def test_texts_of_a_service_do_nothing_to_the_terminal(start: Start) -> None:
    with answering(b'{"error_code": "X.1", "error_msg": "no\\nway \\u001b[31m"}', 403) as url:
        found = results(replace(site(start()), endpoints={"kms": url}))["kms.keys"]
    assert (found.outcome, "X.1" in found.seen, found.seen.isprintable()) == ("unknown", True, True)


def test_service_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huawei, "LONGEST", 0.2)
    waiting = threading.Event()
    with pytest.raises(HuaweiError, match="no whole answer"):
        huawei.call(waiting.wait, has="items")
    waiting.set()


def test_eventgrid_is_not_asked_without_a_way_in(start: Start) -> None:
    cloud = start()
    assert not [name for name in results(site(cloud)) if name in ("events.eventgrid", "events.keys")]
    assert not cloud.state()["calls"]["eg"]


def test_eventgrid_that_refuses_or_does_not_answer_is_unknown(start: Start) -> None:
    cloud = start()
    target, settings = WAYS["to SMN"]
    for fault in (
        Fault(service="eg", call="ListSubscriptions", fault="status", status=403, times=1),
        Fault(service="eg", call="ListSubscriptions", fault="status", status=500, times=1),
    ):
        cloud.faults.add(fault)
        found = passed_on(cloud, target, settings)
        assert (found["events.eventgrid"].outcome, outcomes(found, "wrong")) == ("unknown", {"events.subscription"})
    elsewhere = replace(site(cloud, **settings, smn_cert_origin=cloud.urls["smn"]), endpoints={})
    assert "not asked" in results(elsewhere)["events.eventgrid"].seen


def test_services_beside_ims() -> None:
    def url(ims: str) -> str:
        settings = Settings.of({"region": REGION, "project_id": PROJECT_ID, "ims_endpoint": ims})
        return Account(settings, KEYS).url("eg")

    assert url("") == "https://eg.cn-north-4.myhuaweicloud.com"
    assert url("https://ims.eu-west-101.myhuaweicloud.eu") == "https://eg.eu-west-101.myhuaweicloud.eu"
    assert url("http://127.0.0.1:4581") == ""
