"""Trials of the switches of EventGrid."""

from __future__ import annotations

import json

from imagedrop_local.eg.subscriptions import HttpsTarget, SmnTarget
from tests.support.eg_client_helper import URL, URN, SimulatedEg
from tests.unit.local.trials.trial import Trial


def _push(eg: SimulatedEg, status: int | None = 200) -> int:
    """The number of attempts that are made at once."""
    eg.status = status
    eg.subscribe(HttpsTarget(url=URL, headers={"x-imagedrop-secret": "s"}))
    eg.put("disk.vhd")
    return eg.deliver_due()


def _smn_message(eg: SimulatedEg) -> str:
    """The JSON type of the message."""
    eg.subscribe(SmnTarget(urn=URN))
    eg.put("disk.vhd")
    ((_, message),) = eg.published
    return type(json.loads(message)).__name__


def _has_header(eg: SimulatedEg) -> bool:
    _push(eg)
    return "x-imagedrop-secret" in eg.pushes[0].headers


def _time_for_an_answer(eg: SimulatedEg) -> float:
    _push(eg)
    return eg.pushes[0].seconds


TRIALS: dict[str, Trial] = {
    "eg_smn_message": Trial(_smn_message, {"event": "dict", "quoted": "str"}),
    "eg_sends_headers": Trial(_has_header, {True: True, False: False}),
    "eg_retries_refusals": Trial(lambda eg: _push(eg, 401), {False: 1, True: 16}, {"eg_retry_interval": 0}),
    "eg_attempts": Trial(lambda eg: _push(eg, 503), {16: 16, 3: 3}, {"eg_retry_interval": 0}),
    "eg_retry_interval": Trial(lambda eg: _push(eg, None), {2: 1, 0: 16}),
    "eg_push_timeout": Trial(_time_for_an_answer, {5: 5, 1: 1}),
}
