"""The simulated cloud of the local stack: bucket, topic, event rule and the subscription of the intake."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from imagedrop_local.cloud import Cloud, Ports
from imagedrop_local.cloud_connection import PROJECT_ID, REGION, CloudConnection
from imagedrop_local.obs.model import EventRule
from imagedrop_local.switches import Switches

ACCESS_KEY, SECRET_KEY = "LOCALACCESSKEY", "local-secret-key"  # of simulators on 127.0.0.1
BUCKET, TOPIC = "drops", "imagedrop"
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


def create_cloud(folder: Path, ports: Ports, time_scale: float, switches: Switches | None = None) -> Cloud:
    """The simulators, with public keys, not started. Raises cloud.FolderInUse."""
    return Cloud(
        folder,
        credentials=(ACCESS_KEY, SECRET_KEY),
        ports=ports,
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
        simulated=True,
    )


def subscribe_intake(cloud: Cloud, bucket: str, url: str) -> str:
    """Subscribes `url` to the events of the bucket and cancels the URLs of earlier starts. Returns the URN of the
    subscription, which is not confirmed yet."""
    topic = cloud.smn.create_topic(TOPIC)
    for existing in cloud.state()["subscriptions"]:
        if existing["topic_urn"] == topic and existing["endpoint"] != url:
            cloud.smn.cancel(existing["subscription_urn"])
    subscription = cloud.smn.subscribe(topic, urlsplit(url).scheme, url)
    rule = EventRule(id="imagedrop", topic=topic, events=("ObjectCreated:*",))
    info = cloud.store.require_bucket(bucket)
    if rule not in info.rules:
        cloud.store.change_bucket(info.model_copy(update={"rules": (rule,)}))
    return subscription


def connect_intake(
    cloud: Cloud,
    bucket: str,
    url: str,
    log: Path,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Subscribes the intake at `url` and waits until it has confirmed. `log`: of the functions, for the error's text.
    Raises SubscriptionNotConfirmed."""
    begin = clock()
    for number in range(math.ceil(CONFIRMED_WITHIN / ASK_AGAIN_AFTER)):
        subscription = subscribe_intake(cloud, bucket, url)  # a pending one gets a new request to confirm
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
