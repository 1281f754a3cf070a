"""What no document settles about SMN, as switches."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SmnSwitches(BaseModel):
    """The part of the simulators' switches that is about SMN."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    smn_retry_interval: float = Field(2, ge=0, description="s of the clock on the wall between two tries of a push")
    smn_push_timeout: float = Field(5, gt=0, description="s that an endpoint has for its answer")
    smn_blacklist_after: int | None = Field(
        None,
        ge=1,
        description="pushes given up in a row after which an endpoint gets nothing for a while, what is published "
        "meanwhile being lost; empty: never",
    )
    smn_blacklist_time: float = Field(300, ge=0, description="s of the clock on the wall that this lasts; 5 to 10 min")
    smn_longest_life: Literal[86400, 604800] = Field(86400, description="s, largest time_to_live of a message")
    smn_empty_subject: Literal["omitted", "signed", "unsigned"] = Field(
        "omitted",
        description="a subject of no characters: left out of body and signature, in both, or in the body alone",
    )
    smn_subscription_header: bool = Field(False, description="pushes carry X-SMN-SUBSCRIPTION-URN, as they once did")
