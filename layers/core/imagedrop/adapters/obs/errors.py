"""Translates errors of botocore into those of the port: missing, changed, refused, or unavailable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from imagedrop.adapters.aws_errors import TRANSPORT_ERRORS
from imagedrop.adapters.calls import kind_of_failure
from imagedrop.ports import ErrorClass, ObjectChanged, ObjectsRefused, ObjectsUnavailable

# OBS has not taken the request and may take it soon (OBS: error codes): slow down, concurrent writers.
BUSY_STATUSES = frozenset({409, 429})
BUSY_CODES = frozenset({"SlowDown", "ServiceUnavailable"})
KEYS_REFUSED = ("403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AccessDenied")


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises ObjectsUnavailable or ObjectsRefused for errors of botocore."""
    try:
        yield
    except ClientError as error:
        code, status = code_of(error), status_of(error)
        message = str(error.response["Error"].get("Message", "")) or f"HTTP {status}"
        if (kind := kind_of_response(status, code)) != "refused":
            raise ObjectsUnavailable(f"{code}: {message}", kind) from error
        raise ObjectsRefused(code, message) from error
    except TRANSPORT_ERRORS as error:
        raise ObjectsUnavailable(f"{type(error).__name__}: {error}", kind_of_failure()) from error


def kind_of_response(status: int, code: str) -> ErrorClass:
    """busy, unknown or refused. 408: OBS waited too long for the body of an upload."""
    if status in BUSY_STATUSES or code in BUSY_CODES:
        return "busy"
    return "unknown" if status == 408 or (status >= 500 and status != 501) else "refused"


@contextmanager
def raise_if_changed(bucket: str, key: str) -> Iterator[None]:
    """Raises ObjectChanged if OBS no longer has the requested version of the object."""
    try:
        yield
    except ClientError as error:
        if status_of(error) in (412, 416) or is_missing(error):
            raise ObjectChanged(f"{bucket}/{key}: {code_of(error)}") from error
        raise


def is_missing(error: Any) -> bool:
    """Whether the object is missing. Not for a missing bucket."""
    return status_of(error) == 404 and code_of(error) != "NoSuchBucket"


def code_of(error: Any) -> str:
    """The error code of OBS; the status if the response has no body (HEAD)."""
    return str(error.response["Error"].get("Code") or status_of(error))


def status_of(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
