"""Each sample in events/ is valid, and used by a test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagedrop.domain import object_keys
from imagedrop.domain.drop import drop_id
from imagedrop.events import Ignored, ObjectCreated, parse
from imagedrop_local.project_paths import SAMPLES

ROOT = Path(__file__).parents[3]
BUCKET, KEY, ETAG = "drops", "golden/windows-server-2022.qcow2", "6f94a1c2d03b5e7f8091a2b3c4d5e6f7-12"
# As the local stack makes it of `imagedrop drop samples/windows-server-2022.qcow2 --prefix golden`.
DROP_ID = drop_id(BUCKET, KEY, hashlib.md5((SAMPLES / "windows-server-2022.qcow2").read_bytes()).hexdigest())
Sample = Callable[[str], Any]


@pytest.mark.parametrize(
    ("name", "time", "event_id"),
    [
        ("obs-v3-object-created.json", "2026-11-24T12:59:58.418Z", "0000019AB3F2C412945A7E6D3C2B1A09"),
        ("obs-s3v2-object-created.json", "2026-11-24T12:59:58.418Z", "0000019AB3F2C412945A7E6D3C2B1A09"),
        ("obs-s3v2-functiongraph.json", "2026-11-24T12:59:58.418Z", None),
        ("obs-eventgrid-object-created.json", "2026-11-24T12:59:58.567Z", "b27e6c3f0000019AB3F2C412945A7E6D"),
        ("smn-notification-obs.json", "2026-11-24T12:59:58.418Z", "0000019AB3F2C412945A7E6D3C2B1A09"),
        ("smn-notification-eventgrid.json", "2026-11-24T12:59:58.567Z", "b27e6c3f0000019AB3F2C412945A7E6D"),
        ("sns-notification-obs.json", "2026-11-24T12:59:58.418Z", "0000019AB3F2C412945A7E6D3C2B1A09"),
    ],
)
def test_each_envelope_sample_holds_the_same_new_object(
    sample: Sample, name: str, time: str, event_id: str | None
) -> None:
    expected = ObjectCreated(BUCKET, KEY, ETAG, 1572864, time, event_id)
    assert parse(sample(name), keys_encoded=True) == [expected]


@pytest.mark.parametrize(
    "name",
    [
        "obs-test-notification.json",
        "obs-v3-object-removed.json",
        "smn-subscription-confirmation.json",
        "smn-unsubscribe-confirmation.json",
    ],
)
def test_samples_without_a_new_object_are_ignored(sample: Sample, name: str) -> None:
    (outcome,) = parse(sample(name), keys_encoded=True)
    assert isinstance(outcome, Ignored)


def test_mixed_batch_has_the_expected_outcome_for_each_record(sample: Sample) -> None:
    outcomes = parse(sample("obs-mixed-batch.json"), keys_encoded=True)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    new = "ObjectCreated"
    assert kinds == [new, new, "Ignored", "Bad", "Bad", new, new, new, new, new]
    keys = [outcome.key for outcome in outcomes if isinstance(outcome, ObjectCreated)]
    assert keys[1] == "golden/数据盘 1.vhd"
    assert [object_keys.is_ours(key) for key in keys] == [False, False, True, True, False, False, False]


@pytest.mark.parametrize(
    ("name", "bodies"),
    [
        ("validate-sqs.json", [{"bucket": BUCKET, "key": KEY}]),
        ("register-sqs.json", [{"drop_id": DROP_ID, "attempt": 1}]),
        ("poll-sqs.json", [{"drop_id": DROP_ID, "attempt": 1, "generation": 0}]),
        ("notify-sqs.json", [{"drop_id": DROP_ID, "attempt": 1}]),
        ("validate-sqs-envelope.json", None),
    ],
)
def test_queue_sample_is_complete_and_names_the_drop_of_the_sample_image(
    sample: Sample, name: str, bodies: list[Any] | None
) -> None:
    records = sample(name)["Records"]
    for record in records:
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()
        assert record["eventSource"] == "aws:sqs"
        assert record["eventSourceARN"].startswith(f"arn:aws:sqs:{record['awsRegion']}:")
        assert {"ApproximateReceiveCount", "SentTimestamp"} <= set(record["attributes"])
        assert record["messageId"]
        assert record["receiptHandle"]
    if bodies is not None:
        assert [json.loads(record["body"]) for record in records] == bodies


@pytest.mark.parametrize("name", ["validate-sqs.json", "validate-sqs-envelope.json"])
def test_message_of_the_drops_queue_may_be_an_own_message_or_any_envelope(sample: Sample, name: str) -> None:
    outcomes = parse(sample(name), keys_encoded=True)
    assert {(found.bucket, found.key) for found in outcomes if isinstance(found, ObjectCreated)} == {(BUCKET, KEY)}
    assert all(isinstance(outcome, ObjectCreated) for outcome in outcomes)


def test_status_sample_has_a_signed_caller_and_a_key(sample: Sample) -> None:
    event = sample("status-function-url.json")
    assert event["queryStringParameters"] == {"key": KEY}
    assert event["requestContext"]["authorizer"]["iam"]["userArn"]


def test_sweep_sample_is_a_scheduled_event(sample: Sample) -> None:
    assert sample("sweep-schedule.json")["detail-type"] == "Scheduled Event"


def test_every_sample_is_used_by_a_test() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    unused = [path.name for path in (ROOT / "events").iterdir() if path.name not in tests]
    assert unused == []
