"""Switches for what the documents leave open about SMN."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SmnSwitches(BaseModel):
    """The switches of the SMN simulator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    smn_retry_interval: float = Field(2, ge=0, description="real seconds between two attempts of a push")
    smn_push_timeout: float = Field(5, gt=0, description="seconds that an endpoint has for its answer")
    smn_blacklist_after: int | None = Field(
        None,
        ge=1,
        description="pushes given up in a row after which an endpoint is blacklisted for a while: what is published in "
        "that time is lost; empty: never",
    )
    smn_blacklist_time: float = Field(300, ge=0, description="real seconds on the blacklist; 5 to 10 minutes")
    smn_longest_life: Literal[86400, 604800] = Field(86400, description="seconds, largest time_to_live of a message")
    smn_empty_subject: Literal["omitted", "signed", "unsigned"] = Field(
        "omitted",
        description="an empty subject: left out (omitted), in body and signature (signed), only in the body (unsigned)",
    )
    smn_subscription_header: bool = Field(
        False, description="pushes have the header X-SMN-SUBSCRIPTION-URN, as in earlier versions"
    )
