"""Connects a cloud to the stack: its addresses, the event rule and the subscription, the template's parameters."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from imagedrop_local.cloud import Cloud, Ports
from imagedrop_local.obs.model import EventRule
from imagedrop_local.switches import Switches

ACCESS_KEY, SECRET_KEY = "LOCALACCESSKEY", "local-secret-key"  # of simulators on 127.0.0.1
REGION, PROJECT_ID = "cn-north-4", "0123456789abcdef0123456789abcdef"
BUCKET, TOPIC = "drops", "imagedrop"
CONFIRMED_WITHIN = 300.0  # s; usually one. On a busy machine with many waiting drops the functions start slowly.
ASK_AGAIN_AFTER = 30.0  # s; SMN gives up a request to confirm after seven tries
# Seconds instead of an installation's minutes: on one machine, a person waits for the result.
SHORT_INTERVALS = {"poll_first": 1, "poll_longest": 5, "stall_after": 15}
INSTALLATION = {
    "declarations_accepted": True,
    "mail_from": "imagedrop@example.com",
    "operator_mail": "operator@example.com",
}
PARAMETERS = {  # the settings that are parameters of template.yaml
    "region": "Region",
    "project_id": "ProjectId",
    "drop_bucket": "DropBucket",
    "declarations_accepted": "DeclarationsAccepted",
    "mail_from": "MailFrom",
    "operator_mail": "OperatorMail",
}


class SubscriptionNotConfirmed(Exception):
    """The intake has not confirmed its subscription: no event would arrive."""


def error_text(error: Exception) -> str:
    """The error as text; an operating system's error with its file name and without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


@dataclass(frozen=True)
class CloudConnection:
    """Addresses and keys of a cloud. Without `smn_endpoint` there are no events: the sweep finds the drops."""

    obs_endpoint: str
    ims_endpoint: str
    access_key: str
    secret_key: str
    token: str = ""
    region: str = REGION
    project_id: str = PROJECT_ID
    smn_endpoint: str = ""
    topic_urn: str = ""
    addressing: str = "virtual"
    simulated: bool = False  # the keys of simulators are not secret

    def keys(self) -> dict[str, str]:
        """The content of the functions' secret."""
        token = {"token": self.token} if self.token else {}
        return {"ak": self.access_key, "sk": self.secret_key, **token}

    def public(self, bucket: str) -> dict[str, Any]:
        """For stack.json: has the keys of simulators, never those of a real cloud."""
        keys = {"access_key": self.access_key, "secret_key": self.secret_key} if self.simulated else {}
        common = {"region": self.region, **keys}
        smn = {"endpoint": self.smn_endpoint, "topic_urn": self.topic_urn, "project_id": self.project_id, **common}
        addresses: dict[str, Any] = {
            "obs": {"endpoint": self.obs_endpoint, "bucket": bucket, "addressing": self.addressing, **common},
            "ims": {"endpoint": self.ims_endpoint, "project_id": self.project_id, **common},
            "smn": smn if self.smn_endpoint else None,
        }
        if self.simulated:
            addresses["simulators"] = {name: f"{self.obs_endpoint}/_sim/{name}" for name in ("state", "faults")}
        return addresses


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


def simulator_connection(cloud: Cloud, bucket: str) -> CloudConnection:
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


def settings(connection: CloudConnection, bucket: str) -> dict[str, Any]:
    """The functions' settings for this cloud."""
    return {
        "region": connection.region,
        "project_id": connection.project_id,
        "drop_bucket": bucket,
        "obs_endpoint": connection.obs_endpoint,
        "obs_addressing": connection.addressing,
        "ims_endpoint": connection.ims_endpoint,
        "smn_topic_urn": connection.topic_urn,
        "smn_cert_origin": connection.smn_endpoint,
        "smn_confirm_origin": connection.smn_endpoint,
        **SHORT_INTERVALS,
        **INSTALLATION,
    }


def template_parameters(settings: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The parameters of template.yaml, and the settings that are none."""
    parameters = {
        parameter: str(settings[name]).lower() if isinstance(settings[name], bool) else str(settings[name])
        for name, parameter in PARAMETERS.items()
        if name in settings
    }
    return parameters, {name: value for name, value in settings.items() if name not in PARAMETERS}


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
