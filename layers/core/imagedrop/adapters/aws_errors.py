"""Errors of AWS services other than OBS, and the kind of each (docs/internals/deadlines.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, the base of its connection errors
    HTTPClientError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from imagedrop.adapters.calls import kind_of_failure
from imagedrop.ports import ErrorClass, ServiceError

# All that botocore raises because of the connection or of what came over it. While a body is read, it does not wrap all
# errors of urllib3. Its other errors are of our settings or our code: they are not translated.
TRANSPORT_ERRORS = (ConnectionError, HTTPClientError, IncompleteReadError, ResponseParserError, HTTPError)
# The service has not taken the request and may take it soon. The first lines: botocore's own list.
BUSY_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
        "KMSThrottling",
        "KMSThrottlingException",
        "ThrottlingError",  # reason of a cancelled transaction
        "ProvisionedThroughputExceeded",  # reason of a cancelled transaction
        "ReplicatedWriteConflictException",
        "OverLimit",  # SQS
        "SendingPausedException",  # SES
    }
)
UNKNOWN_CODES = frozenset({"RequestTimeout", "RequestTimeoutException"})  # although below 500


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises ServiceError for errors of botocore."""
    try:
        yield
    except ClientError as error:
        code = str(error.response["Error"].get("Code", ""))
        message = str(error.response["Error"].get("Message", ""))
        raise ServiceError(kind_of_response(error), code, message) from error
    except TRANSPORT_ERRORS as error:
        raise ServiceError(kind_of_failure(), type(error).__name__, str(error)) from error


def kind_of_response(error: ClientError) -> ErrorClass:
    code = str(error.response["Error"].get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())} - {"None"}
    if code in BUSY_CODES or status == 429 or (reasons and reasons <= BUSY_CODES):
        return "busy"
    return "unknown" if status >= 500 or code in UNKNOWN_CODES else "refused"
