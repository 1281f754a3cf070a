"""OBS: each looks at an ObsDesk."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.support.obs_client_helper import TOPIC, ObsDesk
from tests.unit.local.trials.trial import Trial

FRAMED = b"3\r\none\r\n0\r\nx-amz-checksum-crc32:KmQ5PA==\r\n\r\n"
RULE = (
    f"<NotificationConfiguration><TopicConfiguration><Id>a</Id><Topic>{TOPIC}</Topic><Event>ObjectCreated:*</Event>"
    "</TopicConfiguration></NotificationConfiguration>"
).encode()
DELETE = b"<Delete><Object><Key>none</Key></Object></Delete>"


def _framed(desk: ObsDesk) -> tuple[int, bytes]:
    status = desk.call("PUT", "/drops/k", FRAMED, payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER").status
    return status, desk.call("GET", "/drops/k").body if status == 200 else b""


def _past_the_end(desk: ObsDesk) -> tuple[int, bool]:
    desk.store.put("drops", "k", b"one")
    got = desk.call("GET", "/drops/k", Range="bytes=3-9")
    return got.status, got.body == b"one"


def _event(desk: ObsDesk) -> Any:
    desk.watch()
    desk.call("PUT", "/drops/in/a%20b.vhd", b"one")
    (message,) = desk.settled()
    return json.loads(message)


def _record(desk: ObsDesk) -> Any:
    return _event(desk)["Records"][0]


def _form(desk: ObsDesk) -> set[str]:
    event = _event(desk)
    return {"obs", "s3", "data"} & set(event["Records"][0] if "Records" in event else event)


def _hours(desk: ObsDesk) -> int:
    event = _event(desk)
    shift = datetime.fromisoformat(event["data"]["eventTime"]) - datetime.fromisoformat(event["time"][:26] + "Z")
    return round(shift.total_seconds() / 3600)


def _sparse(desk: ObsDesk) -> tuple[bool, str]:
    record = _record(desk)
    return "responseElements" in record, record["s3"]["bucket"]["arn"]


def _configured(desk: ObsDesk) -> Any:
    return desk.call("PUT", "/drops", RULE, query="notification=")


def _copied_in(desk: ObsDesk) -> int:
    desk.watch()
    desk.obs.check_folder()
    (desk.store.folder / "drops" / "new.vhd").write_bytes(b"one")
    for _ in range(3):
        desk.obs.check_folder()
    return len(desk.settled())


def _test_message_is_json(desk: ObsDesk) -> bool:
    _configured(desk)
    (message,) = desk.settled()
    return message.startswith("{")


B, C = {"obs_envelope": "B"}, {"obs_envelope": "C"}

TRIALS: dict[str, Trial] = {
    "obs_aws_chunked": Trial(_framed, {"verbatim": (200, FRAMED), "refused": (400, b"")}),
    "obs_invalid_range": Trial(_past_the_end, {"whole": (200, True), "416": (416, False)}),
    "obs_envelope": Trial(_form, {"A": {"obs"}, "B": {"s3"}, "C": {"data"}}),
    "obs_event_keys_encoded": Trial(
        lambda desk: _record(desk)["s3"]["object"]["key"], {True: "in%2Fa+b.vhd", False: "in/a b.vhd"}, B
    ),
    "obs_event_sparse": Trial(_sparse, {False: (True, "arn:aws:s3:::drops"), True: (False, "arn:fss:s3:::drops")}, B),
    "obs_event_prefix": Trial(
        lambda desk: _record(desk)["eventName"], {False: "ObjectCreated:Put", True: "s3:ObjectCreated:Put"}, B
    ),
    "obs_event_data_list": Trial(lambda desk: type(_event(desk)["data"]), {False: dict, True: list}, C),
    "obs_event_subject_encoded": Trial(
        lambda desk: _event(desk)["subject"], {False: "in/a b.vhd", True: "in%2Fa+b.vhd"}, C
    ),
    "obs_event_time_local": Trial(_hours, {True: 8, False: 0}, C),
    "obs_new_rules": Trial(lambda desk: _configured(desk).status, {True: 200, False: 405}),
    "obs_path_style": Trial(lambda desk: desk.call("PUT", "/drops/k", b"one").status, {True: 200, False: 404}),
    "obs_test_message": Trial(lambda desk: _configured(desk) and len(desk.settled()), {True: 1, False: 0}),
    "obs_test_body": Trial(_test_message_is_json, {"s3": True, "words": False}),
    "obs_event_sequencer": Trial(
        lambda desk: len(_event(desk)["data"]["obs"]["object"]["sequencer"]), {"1": 1, "hex": 32}, C
    ),
    "obs_bulk_delete_needs_md5": Trial(
        lambda desk: desk.call("POST", "/drops", DELETE, query="delete=").status, {True: 400, False: 200}
    ),
    "obs_copied_in_events": Trial(_copied_in, {True: 1, False: 0}),
}
