"""What ties a cloud to the stack: where it is, event rule and subscription there, the template's parameters here."""

from __future__ import annotations

import time
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
CONFIRMED_WITHIN = 15.0  # s
# Seconds where an installation has minutes: on one machine somebody sits and watches.
SHORT_INTERVALS = {"PollFirst": "1", "PollLongest": "5", "StallAfter": "15", "SweepRate": "rate(1 minute)"}
INSTALLATION_PARAMETERS = {
    "DeclarationsAccepted": "true",
    "MailFrom": "imagedrop@example.com",
    "OperatorMail": "operator@example.com",
}


class SubscriptionNotConfirmed(Exception):
    """Events would not arrive."""


def error_text(error: Exception) -> str:
    """What an error says, of the system's the file's name first and no number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


@dataclass(frozen=True)
class CloudConnection:
    """A cloud by its addresses and keys. Without `smn_endpoint` no event comes: the sweep finds the drops."""

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
    simulated: bool = False  # its keys are nobody's secret

    def keys(self) -> dict[str, str]:
        """The secret that the functions read."""
        token = {"token": self.token} if self.token else {}
        return {"ak": self.access_key, "sk": self.secret_key, **token}

    def public(self, bucket: str) -> dict[str, Any]:
        """What others are told: the keys of simulators, never those of a real cloud."""
        keys = {"access_key": self.access_key, "secret_key": self.secret_key} if self.simulated else {}
        place = {"region": self.region, **keys}
        smn = {"endpoint": self.smn_endpoint, "topic_urn": self.topic_urn, "project_id": self.project_id, **place}
        told: dict[str, Any] = {
            "obs": {"endpoint": self.obs_endpoint, "bucket": bucket, "addressing": self.addressing, **place},
            "ims": {"endpoint": self.ims_endpoint, "project_id": self.project_id, **place},
            "smn": smn if self.smn_endpoint else None,
        }
        if self.simulated:
            told["simulators"] = {name: f"{self.obs_endpoint}/_sim/{name}" for name in ("state", "faults")}
        return told


def create_cloud(folder: Path, ports: Ports, time_scale: float, switches: Switches | None = None) -> Cloud:
    """The simulators with the keys that everybody knows, not yet started. Raises cloud.FolderInUse."""
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
    """A cloud of simulators, with the bucket and the topic in it."""
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


def template_parameters(there: CloudConnection, bucket: str) -> dict[str, str]:
    """Of template.yaml."""
    return {
        "Region": there.region,
        "ProjectId": there.project_id,
        "DropBucket": bucket,
        "ObsEndpoint": there.obs_endpoint,
        "ObsAddressing": there.addressing,
        "ImsEndpoint": there.ims_endpoint,
        "SmnTopicUrn": there.topic_urn,
        "SmnCertOrigin": there.smn_endpoint,
        "SmnConfirmOrigin": there.smn_endpoint,
        **SHORT_INTERVALS,
        **INSTALLATION_PARAMETERS,
    }


def subscribe_intake(cloud: Cloud, bucket: str, url: str) -> str:
    """Events of the bucket are pushed to `url`, once that confirms, and to no address of an earlier start. The URN of
    the subscription."""
    topic = cloud.smn.create_topic(TOPIC)
    for one in cloud.state()["subscriptions"]:
        if one["topic_urn"] == topic and one["endpoint"] != url:
            cloud.smn.cancel(one["subscription_urn"])
    subscription = cloud.smn.subscribe(topic, urlsplit(url).scheme, url)
    rule = EventRule(id="imagedrop", topic=topic, events=("ObjectCreated:*",))
    info = cloud.store.require_bucket(bucket)
    if rule not in info.rules:
        cloud.store.change_bucket(info.model_copy(update={"rules": (rule,)}))
    return subscription


def wait_for_confirmation(cloud: Cloud, subscription: str) -> None:
    """Returns when it is. Raises NotWired."""
    end = time.monotonic() + CONFIRMED_WITHIN
    while time.monotonic() < end:
        held = {one["subscription_urn"]: one["status"] for one in cloud.state()["subscriptions"]}
        if held.get(subscription) == "confirmed":
            return
        time.sleep(0.02)
    raise SubscriptionNotConfirmed(f"the intake has not confirmed its subscription within {CONFIRMED_WITHIN:.0f} s")
