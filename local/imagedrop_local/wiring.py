"""What ties a cloud to the stack: where it is, the event rule and subscription there, the template's parameters here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from imagedrop_local.cloud import Cloud
from imagedrop_local.obs.model import EventRule

ACCESS_KEY, SECRET_KEY = "LOCALACCESSKEY", "local-secret-key"  # noqa: S105 - of simulators on 127.0.0.1
REGION, PROJECT_ID = "cn-north-4", "0123456789abcdef0123456789abcdef"
BUCKET, TOPIC = "drops", "imagedrop"
CONFIRMED_WITHIN = 15.0  # s
# Seconds where an installation has minutes: on one machine somebody sits and watches.
BRISK = {"PollFirst": "1", "PollLongest": "5", "StallAfter": "30", "SweepRate": "rate(1 minute)"}
ACCEPTED = {"DeclarationsAccepted": "true", "MailFrom": "imagedrop@example.com", "OperatorMail": "operator@example.com"}


class NotWired(Exception):
    """Events would not arrive."""


@dataclass(frozen=True)
class Elsewhere:
    """A cloud by its addresses and keys. Without `smn_endpoint` no event comes from there: the sweep finds the drops."""

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

    def keys(self) -> dict[str, str]:
        """The secret that the functions read."""
        token = {"token": self.token} if self.token else {}
        return {"ak": self.access_key, "sk": self.secret_key, **token}

    def public(self, bucket: str, *, simulated: bool) -> dict[str, Any]:
        """What others are told: the keys of simulators, never those of a real cloud."""
        keys = {"access_key": self.access_key, "secret_key": self.secret_key} if simulated else {}
        place = {"region": self.region, **keys}
        smn = {"endpoint": self.smn_endpoint, "topic_urn": self.topic_urn, "project_id": self.project_id, **place}
        told: dict[str, Any] = {
            "obs": {"endpoint": self.obs_endpoint, "bucket": bucket, "addressing": self.addressing, **place},
            "ims": {"endpoint": self.ims_endpoint, "project_id": self.project_id, **place},
            "smn": smn if self.smn_endpoint else None,
        }
        if simulated:
            told["simulators"] = {name: f"{self.obs_endpoint}/_sim/{name}" for name in ("state", "faults")}
        return told


def simulated(cloud: Cloud, bucket: str) -> Elsewhere:
    """A cloud of simulators, with the bucket and the topic in it."""
    cloud.store.create_bucket(bucket)
    return Elsewhere(
        obs_endpoint=cloud.urls["obs"],
        ims_endpoint=cloud.urls["ims"],
        smn_endpoint=cloud.urls["smn"],
        topic_urn=cloud.smn.create_topic(TOPIC),
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        addressing="path",
    )


def parameters(there: Elsewhere, bucket: str) -> dict[str, str]:
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
        **BRISK,
        **ACCEPTED,
    }


def push(cloud: Cloud, bucket: str, url: str) -> None:
    """Events of the bucket are pushed to `url`, and to no address of an earlier start. Raises NotWired."""
    topic = cloud.smn.create_topic(TOPIC)
    for one in cloud.state()["subscriptions"]:
        if one["topic_urn"] == topic and one["endpoint"] != url:
            cloud.smn.cancel(one["subscription_urn"])
    subscription = cloud.smn.subscribe(topic, "http", url)
    _confirmed(cloud, subscription, url)
    rule = EventRule(id="imagedrop", topic=topic, events=("ObjectCreated:*",))
    info = cloud.store.need(bucket)
    if rule not in info.rules:
        cloud.store.change_bucket(info.model_copy(update={"rules": (rule,)}))


def _confirmed(cloud: Cloud, subscription: str, url: str) -> None:
    end = time.monotonic() + CONFIRMED_WITHIN
    while time.monotonic() < end:
        held = {one["subscription_urn"]: one["status"] for one in cloud.state()["subscriptions"]}
        if held.get(subscription) == "confirmed":
            return
        time.sleep(0.02)
    raise NotWired(f"{url} has not confirmed its subscription within {CONFIRMED_WITHIN:.0f} s")
