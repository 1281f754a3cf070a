"""A cloud that the stack works with: its addresses and keys, and the functions' settings for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagedrop_local.stack.secrets import HUAWEI

REGION, PROJECT_ID = "cn-north-4", "0123456789abcdef0123456789abcdef"  # of simulators


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
    services: Mapping[str, str] = field(default_factory=dict)  # others of simulators -> their URLs
    simulated: bool = False  # the keys of simulators are not secret

    def secrets(self) -> dict[str, str]:
        """The secret with the keys."""
        token = {"token": self.token} if self.token else {}
        return {HUAWEI: json.dumps({"ak": self.access_key, "sk": self.secret_key, **token})}

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
            addresses["services"] = dict(self.services)
            addresses["simulators"] = {name: f"{self.obs_endpoint}/_sim/{name}" for name in ("state", "faults")}
        return addresses

    def settings(self, bucket: str) -> dict[str, Any]:
        """The functions' settings for this cloud."""
        return {
            "region": self.region,
            "project_id": self.project_id,
            "drop_bucket": bucket,
            "obs_endpoint": self.obs_endpoint,
            "obs_addressing": self.addressing,
            "ims_endpoint": self.ims_endpoint,
            "smn_topic_urn": self.topic_urn,
            "smn_cert_origin": self.smn_endpoint,
            "smn_confirm_origin": self.smn_endpoint,
        }
