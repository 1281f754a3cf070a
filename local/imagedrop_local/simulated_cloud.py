"""The simulated cloud of the local stack: bucket, topic, and how new objects are reported to the intake."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from imagedrop_local.cloud import Cloud, Ports
from imagedrop_local.cloud_connection import PROJECT_ID, REGION, CloudConnection
from imagedrop_local.eg.subscriptions import HttpsTarget, SmnTarget, Subscription
from imagedrop_local.obs.model import EventRule
from imagedrop_local.sockets import LOOPBACK
from imagedrop_local.switches import Switches

ACCESS_KEY, SECRET_KEY = "LOCALACCESSKEY", "local-secret-key"  # of simulators on 127.0.0.1
BUCKET, TOPIC, SUBSCRIPTION = "drops", "imagedrop", "imagedrop"
SECRET_HEADER = "x-imagedrop-secret"  # noqa: S105 - a name
# How OBS reports new objects: an event rule to SMN, EventGrid to SMN, EventGrid to the intake, or not at all.
Events = Literal["notification", "eventgrid-smn", "eventgrid-https", "none"]
BY_SMN = ("notification", "eventgrid-smn")
CONFIRMED_WITHIN = 300.0  # s; usually one. On a busy machine with many waiting drops the functions start slowly.
ASK_AGAIN_AFTER = 30.0  # s; SMN gives up a request to confirm after seven tries
SETTINGS = {
    # Seconds instead of an installation's minutes: on one machine, a person waits for the result.
    "poll_first": 1,
    "poll_longest": 5,
    "stall_after": 15,
    "declarations_accepted": True,
    "mail_from": "imagedrop@example.com",
    "operator_mail": "operator@example.com",
}


class SubscriptionNotConfirmed(Exception):
    """The intake has not confirmed its subscription: no event would arrive."""


def create_cloud(
    folder: Path, ports: Ports, time_scale: float, switches: Switches | None = None, address: str = LOOPBACK
) -> Cloud:
    """The simulators, with public keys, not started. Raises cloud.FolderInUse."""
    return Cloud(
        folder,
        credentials=(ACCESS_KEY, SECRET_KEY),
        ports=ports,
        address=address,
        region=REGION,
        project_id=PROJECT_ID,
        switches=switches,
        time_scale=time_scale,
    )


def connection_to(cloud: Cloud, bucket: str) -> CloudConnection:
    """The connection to simulators; creates bucket and topic."""
    cloud.store.create_bucket(bucket)
    return CloudConnection(
        obs_endpoint=cloud.urls["obs"],
        ims_endpoint=cloud.urls["ims"],
        smn_endpoint=cloud.urls["smn"],
        topic_urn=cloud.smn.create_topic(TOPIC),
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        addressing="path",
        services={name: cloud.urls[name] for name in ("eg", "kms")},
        simulated=True,
    )


def connect(cloud: Cloud, bucket: str, events: Events, url: str, secret: str) -> str | None:
    """Has new objects reported to `url` in this way, and removes the other ways and the URLs of earlier starts. Returns
    the URN of a subscription of SMN, which is not confirmed yet. `secret`: for the header of EventGrid's pushes."""
    topic = cloud.smn.create_topic(TOPIC)
    for existing in cloud.state()["subscriptions"]:
        if existing["topic_urn"] == topic and (existing["endpoint"] != url or events not in BY_SMN):
            cloud.smn.cancel(existing["subscription_urn"])
    subscription = cloud.smn.subscribe(topic, urlsplit(url).scheme, url) if events in BY_SMN else None
    rule = EventRule(id="imagedrop", topic=topic, events=("ObjectCreated:*",))
    info = cloud.store.require_bucket(bucket)
    others = tuple(other for other in info.rules if other.id != rule.id)
    rules = (*others, rule) if events == "notification" else others
    if info.rules != rules:
        cloud.store.change_bucket(info.model_copy(update={"rules": rules}))
    if events.startswith("eventgrid"):
        smn, https = SmnTarget(urn=topic), HttpsTarget(url=url, headers={SECRET_HEADER: secret})
        target = smn if events == "eventgrid-smn" else https
        cloud.eg.subscribe(Subscription(name=SUBSCRIPTION, bucket=bucket, target=target))
    else:
        cloud.eg.unsubscribe(SUBSCRIPTION)
    return subscription


def connect_intake(
    cloud: Cloud,
    bucket: str,
    events: Events,
    url: str,
    secret: str,
    log: Path,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """As `connect`; with SMN, waits until the intake has confirmed. `log`: of the functions, for the error's text.
    Raises SubscriptionNotConfirmed."""
    begin = clock()
    for number in range(math.ceil(CONFIRMED_WITHIN / ASK_AGAIN_AFTER)):
        subscription = connect(cloud, bucket, events, url, secret)  # a pending one gets a new request to confirm
        if subscription is None:
            return
        while clock() - begin < (number + 1) * ASK_AGAIN_AFTER:
            statuses = {item["subscription_urn"]: item["status"] for item in cloud.state()["subscriptions"]}
            if statuses.get(subscription) == "confirmed":
                return
            sleep(0.02)
    pushes = ", ".join(f"{count} {result}" for result, count in cloud.state()["pushes"].items())
    raise SubscriptionNotConfirmed(
        f"no event would arrive: SMN has waited {CONFIRMED_WITHIN:.0f} s for the intake function at {url} to confirm "
        f"its subscription to the topic {TOPIC} (pushes: {pushes}; log of the functions: {log}). If the machine is "
        "busy, start again when it is not."
    )
