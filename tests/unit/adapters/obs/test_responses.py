"""OBS's answers that the simulator does not give."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.ports import ObjectChanged, ObjectsRefused, ObjectsUnavailable
from imagedrop_local.memory import RecordedSleep

CHINA = timezone(timedelta(hours=8))


class Client:
    """Gives the same answer to everything, or raises it; a body is new each time."""

    def __init__(self, answer: dict[str, Any] | Exception, body: bytes = b"", status: int = 200) -> None:
        self.answer, self.body, self.status = answer, body, status
        self.bodies: list[io.BytesIO] = []

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> dict[str, Any]:
            if isinstance(self.answer, Exception):
                raise self.answer
            self.bodies.append(io.BytesIO(self.body))
            meta = {"HTTPStatusCode": self.status, "HTTPHeaders": self.answer.get("headers", {})}
            return {"ContentLength": len(self.body), "Body": self.bodies[-1], "ResponseMetadata": meta} | self.answer

        return call


def objects(client: Client) -> ObsObjects:
    return ObsObjects(client, RecordedSleep(), random.Random(1))


def error(status: int, code: str = "") -> ClientError:
    shown = {"Code": code or str(status), "Message": "said so"}
    return ClientError({"Error": shown, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def test_a_whole_object_for_a_range_inside_it_is_not_taken_for_the_range() -> None:
    client = Client({}, b"0123456789", status=200)
    with pytest.raises(ObjectsUnavailable):
        objects(client).read("b", "k", "e", 2, 3)
    assert all(body.closed for body in client.bodies)


def test_a_whole_object_for_a_range_past_its_end_is_another_object() -> None:
    with pytest.raises(ObjectChanged):
        objects(Client({}, b"0123456789", status=200)).read("b", "k", "e", 8, 3)


@pytest.mark.parametrize("said", ["bytes 2-4/10", "bytes 2-4/*"])
def test_a_range_is_taken_where_it_is_just_the_one_asked_for(said: str) -> None:
    assert objects(Client({"ContentRange": said}, b"234", status=206)).read("b", "k", "e", 2, 3) == b"234"


@pytest.mark.parametrize("said", ["bytes 0-2/10", "bytes 2-5/10", "2-4", ""])
def test_another_range_than_was_asked_for_is_not_taken(said: str) -> None:
    with pytest.raises((ObjectsUnavailable, ObjectChanged)):
        objects(Client({"ContentRange": said}, b"234", status=206)).read("b", "k", "e", 2, 3)


def test_an_answer_that_breaks_off_is_tried_again_and_then_given_up() -> None:
    client = Client({"ContentRange": "bytes 2-4/10"}, b"23", status=206)
    with pytest.raises(ObjectsUnavailable, match="2 of 3 bytes"):
        objects(client).read("b", "k", "e", 2, 3)
    assert len(client.bodies) == 3


@pytest.mark.parametrize(("status", "code"), [(412, "PreconditionFailed"), (404, "NoSuchKey"), (416, "InvalidRange")])
def test_a_precondition_that_fails_means_changed(status: int, code: str) -> None:
    with pytest.raises(ObjectChanged):
        objects(Client(error(status, code))).read("b", "k", "e", 0, 1)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "AccessDenied"),
        (301, "PermanentRedirect"),
        (400, "AuthorizationHeaderMalformed"),
        (404, "NoSuchBucket"),
        (501, "NotImplemented"),
        (405, "MethodNotAllowed"),
    ],
)
def test_what_an_operator_must_mend_is_refused_at_once(status: int, code: str) -> None:
    sleep = RecordedSleep()
    with pytest.raises(ObjectsRefused) as raised:
        ObsObjects(Client(error(status, code)), sleep, random.Random(1)).get("b", "k", limit=1)
    assert (raised.value.code, sleep.slept) == (code, [])


@pytest.mark.parametrize("status", [500, 503, 429, 409, 408])
def test_what_may_pass_is_unavailable(status: int) -> None:
    with pytest.raises(ObjectsUnavailable):
        objects(Client(error(status))).head("b", "k")


def test_a_time_out_is_unavailable() -> None:
    with pytest.raises(ObjectsUnavailable):
        objects(Client(ReadTimeoutError(endpoint_url="http://obs"))).head("b", "k")


def test_a_404_to_put_is_no_object_that_is_not_there() -> None:
    with pytest.raises(ObjectsRefused):
        objects(Client(error(404, "NoSuchKey"))).put("b", "k", b"")


def test_an_etag_loses_its_quotes_and_a_time_its_fraction_and_its_zone() -> None:
    at = datetime(2026, 11, 24, 21, 0, 0, 999_000, tzinfo=CHINA)
    head = objects(Client({"ETag": '"abc-2"', "LastModified": at, "ContentLength": 5})).head("b", "k")
    assert head is not None
    assert (head.etag, head.last_modified, head.content_encoding) == ("abc-2", "2026-11-24T13:00:00Z", None)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"x-default-storage-class": "STANDARD_IA", "x-amz-bucket-region": "cn-north-4"},
            ("STANDARD_IA", "cn-north-4"),
        ),
        ({"x-obs-storage-class": "WARM", "x-obs-bucket-location": "cn-east-3"}, ("WARM", "cn-east-3")),
        ({}, (None, None)),
    ],
)
def test_a_bucket_says_class_and_region_in_either_protocol(headers: dict[str, str], expected: tuple[str, str]) -> None:
    one = objects(Client({"headers": headers}))
    assert (one.storage_class("b"), one.region("b")) == expected


def test_a_page_that_is_cut_off_goes_on_after_its_last_key() -> None:
    item = {"Key": "a", "ETag": '"e"', "Size": 1, "LastModified": datetime(2026, 11, 24, tzinfo=UTC)}
    assert objects(Client({"Contents": [item], "IsTruncated": True})).list("b").after == "a"
    assert objects(Client({"Contents": [item], "IsTruncated": False})).list("b").after is None
    assert objects(Client({})).list("b").after is None
