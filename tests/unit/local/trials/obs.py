"""Trials of the switches of OBS."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.support.obs_client_helper import TOPIC, SimulatedObs
from tests.unit.local.trials.trial import Trial

FRAMED = b"3\r\none\r\n0\r\nx-amz-checksum-crc32:KmQ5PA==\r\n\r\n"
RULE = (
    f"<NotificationConfiguration><TopicConfiguration><Id>a</Id><Topic>{TOPIC}</Topic><Event>ObjectCreated:*</Event>"
    "</TopicConfiguration></NotificationConfiguration>"
).encode()
DELETE = b"<Delete><Object><Key>none</Key></Object></Delete>"


def _framed(obs: SimulatedObs) -> tuple[int, bytes]:
    status = obs.call("PUT", "/drops/k", FRAMED, payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER").status
    return status, obs.call("GET", "/drops/k").body if status == 200 else b""


def _past_the_end(obs: SimulatedObs) -> tuple[int, bool]:
    obs.store.put("drops", "k", b"one")
    got = obs.call("GET", "/drops/k", Range="bytes=3-9")
    return got.status, got.body == b"one"


def _event(obs: SimulatedObs) -> Any:
    obs.watch()
    obs.call("PUT", "/drops/in/a%20b.vhd", b"one")
    (message,) = obs.published()
    return json.loads(message)


def _record(obs: SimulatedObs) -> Any:
    return _event(obs)["Records"][0]


def _envelope(obs: SimulatedObs) -> set[str]:
    event = _event(obs)
    return {"obs", "s3", "data"} & set(event["Records"][0] if "Records" in event else event)


def _hours(obs: SimulatedObs) -> int:
    event = _event(obs)
    shift = datetime.fromisoformat(event["data"]["eventTime"]) - datetime.fromisoformat(event["time"][:26] + "Z")
    return round(shift.total_seconds() / 3600)


def _sparse(obs: SimulatedObs) -> tuple[bool, str]:
    record = _record(obs)
    return "responseElements" in record, record["s3"]["bucket"]["arn"]


def _configured(obs: SimulatedObs) -> Any:
    return obs.call("PUT", "/drops", RULE, query="notification=")


def _copied_in(obs: SimulatedObs) -> int:
    obs.watch()
    obs.service.check_folder()
    (obs.store.folder / "drops" / "new.vhd").write_bytes(b"one")
    for _ in range(3):
        obs.service.check_folder()
    return len(obs.published())


def _test_message_is_json(obs: SimulatedObs) -> bool:
    _configured(obs)
    (message,) = obs.published()
    return message.startswith("{")


B, C = {"obs_envelope": "B"}, {"obs_envelope": "C"}

TRIALS: dict[str, Trial] = {
    "obs_aws_chunked": Trial(_framed, {"verbatim": (200, FRAMED), "refused": (400, b"")}),
    "obs_invalid_range": Trial(_past_the_end, {"whole": (200, True), "416": (416, False)}),
    "obs_envelope": Trial(_envelope, {"A": {"obs"}, "B": {"s3"}, "C": {"data"}}),
    "obs_event_keys_encoded": Trial(
        lambda obs: _record(obs)["s3"]["object"]["key"], {True: "in%2Fa+b.vhd", False: "in/a b.vhd"}, B
    ),
    "obs_event_sparse": Trial(_sparse, {False: (True, "arn:aws:s3:::drops"), True: (False, "arn:fss:s3:::drops")}, B),
    "obs_event_prefix": Trial(
        lambda obs: _record(obs)["eventName"], {False: "ObjectCreated:Put", True: "s3:ObjectCreated:Put"}, B
    ),
    "obs_event_data_list": Trial(lambda obs: type(_event(obs)["data"]), {False: dict, True: list}, C),
    "obs_event_subject_encoded": Trial(
        lambda obs: _event(obs)["subject"], {False: "in/a b.vhd", True: "in%2Fa+b.vhd"}, C
    ),
    "obs_event_time_local": Trial(_hours, {True: 8, False: 0}, C),
    "obs_new_rules": Trial(lambda obs: _configured(obs).status, {True: 200, False: 405}),
    "obs_path_style": Trial(lambda obs: obs.call("PUT", "/drops/k", b"one").status, {True: 200, False: 404}),
    "obs_test_message": Trial(lambda obs: _configured(obs) and len(obs.published()), {True: 1, False: 0}),
    "obs_test_body": Trial(_test_message_is_json, {"s3": True, "words": False}),
    "obs_event_sequencer": Trial(
        lambda obs: len(_event(obs)["data"]["obs"]["object"]["sequencer"]), {"1": 1, "hex": 32}, C
    ),
    "obs_bulk_delete_needs_md5": Trial(
        lambda obs: obs.call("POST", "/drops", DELETE, query="delete=").status, {True: 400, False: 200}
    ),
    "obs_copied_in_events": Trial(_copied_in, {True: 1, False: 0}),
}
