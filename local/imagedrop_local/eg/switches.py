"""Switches for what the documents leave open about EventGrid."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EgSwitches(BaseModel):
    """The switches of the EventGrid simulator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    eg_smn_message: Literal["event", "quoted"] = Field(
        "event",
        description="the message of a push by SMN is the event (`event`), or a JSON text that holds it (`quoted`)",
    )
    eg_sends_headers: bool = Field(True, description="pushes to a URL have the header parameters of their target")
    eg_retries_refusals: bool = Field(False, description="a push to a URL that was answered with 4xx is repeated too")
    eg_attempts: int = Field(16, ge=1, description="attempts of a push to a URL")
    eg_retry_interval: float = Field(2, ge=0, description="real seconds between two attempts of a push to a URL")
    eg_push_timeout: float = Field(5, gt=0, description="seconds that a URL has for its answer")
