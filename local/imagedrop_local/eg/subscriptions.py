"""Subscriptions of EventGrid to the objects of a bucket (EventGrid API: CreateSubscription), and what they match."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from imagedrop_local.obs.model import ObjectEvent

MAX_DETAIL = 1024  # bytes of URL and headers together
CREATED = "ObjectCreated:"


class SmnTarget(BaseModel):
    """A topic, by its URN."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["smn"] = "smn"
    urn: str


class HttpsTarget(BaseModel):
    """A URL. EventGrid takes only https; here also http to this machine. `headers`: header parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["https"] = "https"
    url: str
    headers: dict[str, str] = Field({}, max_length=5)

    @model_validator(mode="after")
    def check(self) -> HttpsTarget:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError(f"{self.url}: EventGrid calls only https")
        if any(not 1 <= len(key) <= 256 or not 1 <= len(value) <= 1024 for key, value in self.headers.items()):
            raise ValueError("a header has 1 to 256 characters in its name, and 1 to 1,024 in its value")
        if (size := len(json.dumps(self.detail(self.headers)).encode())) > MAX_DETAIL:
            raise ValueError(f"URL and headers have {size} bytes, at most {MAX_DETAIL}")
        return self

    def detail(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """As in the API, with these headers."""
        parameters = [{"key": key, "value": value, "is_value_secret": True} for key, value in headers.items()]
        return {"url": self.url, "invocation_http_parameters": {"header_parameters": parameters}}


class Subscription(BaseModel):
    """Objects that are created in `bucket` with keys that begin with `prefix`. `keys_encoded`: objectKeyEncode. One
    that is not `enabled` passes nothing on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$")
    bucket: str
    prefix: str = ""
    keys_encoded: bool = True
    enabled: bool = True
    target: SmnTarget | HttpsTarget = Field(discriminator="kind")

    def matches(self, event: ObjectEvent) -> bool:
        ours = event.bucket == self.bucket and event.key.startswith(self.prefix)
        return self.enabled and ours and event.name.startswith(CREATED)


def as_listed(subscription: Subscription) -> dict[str, Any]:
    """As ListSubscriptions shows it. The values of secret header parameters are not shown."""
    target = subscription.target
    if isinstance(target, SmnTarget):
        shown = {"name": "HC.SMN", "provider_type": "OFFICIAL", "smn_detail": {"urn": target.urn}}
    else:
        hidden = target.detail(dict.fromkeys(target.headers, ""))
        shown = {"name": "HTTPS", "provider_type": "CUSTOM", "detail": hidden}
    detail = {"bucket": subscription.bucket, "objectKeyEncode": subscription.keys_encoded}
    return {
        "id": subscription.name,
        "name": subscription.name,
        "status": "ENABLED" if subscription.enabled else "DISABLED",
        "sources": [{"name": "HC.OBS.DWR", "provider_type": "OFFICIAL", "detail": detail}],
        "targets": [shown],
    }
