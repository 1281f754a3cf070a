"""Responses of OBS that the simulator does not give."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.ports import ObjectChanged, ObjectsRefused, ObjectsUnavailable
from imagedrop_local.memory import RecordedSleep
from tests.support.service_calls import quick_calls

CHINA = timezone(timedelta(hours=8))


class Client:
    """Returns the same response to every call, or raises it. Each body is a new stream."""

    def __init__(self, response: dict[str, Any] | Exception, body: bytes = b"", status: int = 200) -> None:
        self.response, self.body, self.status = response, body, status
        self.bodies: list[io.BytesIO] = []

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> dict[str, Any]:
            if isinstance(self.response, Exception):
                raise self.response
            self.bodies.append(io.BytesIO(self.body))
            meta = {"HTTPStatusCode": self.status, "HTTPHeaders": self.response.get("headers", {})}
            return {"ContentLength": len(self.body), "Body": self.bodies[-1], "ResponseMetadata": meta} | self.response

        return call


def objects(client: Client) -> ObsObjects:
    return ObsObjects(client, quick_calls())


def error(status: int, code: str = "") -> ClientError:
    details = {"Code": code or str(status), "Message": "message"}
    return ClientError({"Error": details, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def test_whole_object_instead_of_a_range_is_unavailable() -> None:
    client = Client({}, b"0123456789", status=200)
    with pytest.raises(ObjectsUnavailable):
        objects(client).read("b", "k", "e", 2, 3)
    assert all(body.closed for body in client.bodies)


def test_whole_object_shorter_than_the_range_has_changed() -> None:
    with pytest.raises(ObjectChanged):
        objects(Client({}, b"0123456789", status=200)).read("b", "k", "e", 8, 3)


@pytest.mark.parametrize("content_range", ["bytes 2-4/10", "bytes 2-4/*"])
def test_range_that_was_requested_is_returned(content_range: str) -> None:
    assert objects(Client({"ContentRange": content_range}, b"234", status=206)).read("b", "k", "e", 2, 3) == b"234"


@pytest.mark.parametrize("content_range", ["bytes 0-2/10", "bytes 2-5/10", "2-4", ""])
def test_range_other_than_the_requested_one_is_refused(content_range: str) -> None:
    with pytest.raises((ObjectsUnavailable, ObjectChanged)):
        objects(Client({"ContentRange": content_range}, b"234", status=206)).read("b", "k", "e", 2, 3)


def test_truncated_body_is_unavailable_after_three_attempts() -> None:
    client = Client({"ContentRange": "bytes 2-4/10"}, b"23", status=206)
    with pytest.raises(ObjectsUnavailable, match="2 of 3 bytes"):
        objects(client).read("b", "k", "e", 2, 3)
    assert len(client.bodies) == 3


@pytest.mark.parametrize(("status", "code"), [(412, "PreconditionFailed"), (404, "NoSuchKey"), (416, "InvalidRange")])
def test_failed_precondition_raises_object_changed(status: int, code: str) -> None:
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
def test_permanent_obs_error_is_not_retried(status: int, code: str) -> None:
    sleep = RecordedSleep()
    with pytest.raises(ObjectsRefused) as raised:
        ObsObjects(Client(error(status, code)), quick_calls(sleep)).get("b", "k", limit=1)
    assert (raised.value.code, sleep.slept) == (code, [])


@pytest.mark.parametrize("status", [500, 503, 429, 409, 408])
def test_temporary_obs_error_raises_unavailable(status: int) -> None:
    with pytest.raises(ObjectsUnavailable):
        objects(Client(error(status))).head("b", "k")


def test_read_time_out_raises_unavailable() -> None:
    with pytest.raises(ObjectsUnavailable):
        objects(Client(ReadTimeoutError(endpoint_url="http://obs"))).head("b", "k")


def test_404_for_put_raises_objects_refused() -> None:
    with pytest.raises(ObjectsRefused):
        objects(Client(error(404, "NoSuchKey"))).put("b", "k", b"")


def test_head_has_an_unquoted_etag_and_utc_seconds() -> None:
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
def test_bucket_class_and_region_are_read_from_headers_of_both_protocols(
    headers: dict[str, str], expected: tuple[str, str]
) -> None:
    adapter = objects(Client({"headers": headers}))
    assert (adapter.storage_class("b"), adapter.region("b")) == expected


def test_truncated_page_continues_after_its_last_key() -> None:
    item = {"Key": "a", "ETag": '"e"', "Size": 1, "LastModified": datetime(2026, 11, 24, tzinfo=UTC)}
    assert objects(Client({"Contents": [item], "IsTruncated": True})).list("b").after == "a"
    assert objects(Client({"Contents": [item], "IsTruncated": False})).list("b").after is None
    assert objects(Client({})).list("b").after is None


KEYS_REFUSED = ["403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AccessDenied"]


@pytest.mark.parametrize(
    ("code", "renewals"), [*((code, 1) for code in KEYS_REFUSED), ("NoSuchBucket", 0), ("InvalidBucketName", 0)]
)
@pytest.mark.parametrize("other_keys", [True, False])
def test_call_is_made_again_once_if_its_keys_are_refused_and_there_are_other_ones(
    code: str, renewals: int, other_keys: bool
) -> None:
    made, renewed = [], []

    class Refusing:
        def put_object(self, **_: Any) -> Any:
            made.append(code)
            raise error(403, code)

    def renew() -> bool:
        renewed.append(code)
        return other_keys

    with pytest.raises(ObjectsRefused):
        ObsObjects(Refusing(), quick_calls(), renew).put("b", "k", b"")
    assert (len(renewed), len(made)) == (renewals, 1 + (renewals and other_keys))
