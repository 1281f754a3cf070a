"""Subscriptions of EventGrid to the objects of a bucket (EventGrid API: CreateSubscription), and what they match."""

from __future__ import annotations

import json
from typing import Literal
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
        parameters = [{"key": key, "value": value, "is_value_secret": True} for key, value in self.headers.items()]
        detail = {"url": self.url, "invocation_http_parameters": {"header_parameters": parameters}}
        if (size := len(json.dumps(detail).encode())) > MAX_DETAIL:
            raise ValueError(f"URL and headers have {size} bytes, at most {MAX_DETAIL}")
        return self


class Subscription(BaseModel):
    """Objects that are created in `bucket` with keys that begin with `prefix`. `keys_encoded`: objectKeyEncode."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$")
    bucket: str
    prefix: str = ""
    keys_encoded: bool = True
    target: SmnTarget | HttpsTarget = Field(discriminator="kind")

    def matches(self, event: ObjectEvent) -> bool:
        return event.bucket == self.bucket and event.name.startswith(CREATED) and event.key.startswith(self.prefix)
