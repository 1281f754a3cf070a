"""Each call ends within its limit, is started only if it fits, and is repeated only if that does no harm."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from imagedrop.adapters.aws import AwsClient
from imagedrop.adapters.calls import ATTEMPTS, Calls, current_call, kind_of_failure
from imagedrop.ports import ErrorClass, OutOfTime, ServiceError
from imagedrop_local.memory import RecordedSleep, SettableClock
from tests.support.service_calls import aws_client_of
from tests.unit.adapters.recorder import Recorder


class Failed(Exception):
    pass


def always(error: Exception) -> bool:
    return True


def failing(times: int, made: list[float], clock: SettableClock, takes: float = 0.0) -> Callable[[], str]:
    """A call that fails so many times. `made`: gets the time of each."""

    def call() -> str:
        made.append(clock.seconds())
        clock.advance(takes)
        if len(made) <= times:
            raise Failed
        return "done"

    return call


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


def calls_with(clock: SettableClock, left: float, reserve: float = 0.0) -> Calls:
    end = clock.seconds() + left
    sleep = RecordedSleep(clock)
    return Calls(sleep, random.Random(1), lambda: end - clock.seconds(), reserve, clock.seconds)


def test_call_that_may_not_fit_with_its_reserve_is_not_started(clock: SettableClock) -> None:
    made: list[float] = []
    with pytest.raises(OutOfTime):
        calls_with(clock, left=14.9, reserve=5).run(failing(0, made, clock), 10)
    assert made == []
    assert calls_with(clock, left=15, reserve=5).run(failing(0, made, clock), 10) == "done"


def test_call_is_repeated_only_while_its_error_is_repeatable(clock: SettableClock) -> None:
    made: list[float] = []
    assert calls_with(clock, 60).run(failing(2, made, clock), 15, always) == "done"
    assert len(made) == 3
    made.clear()
    with pytest.raises(Failed):
        calls_with(clock, 60).run(failing(2, made, clock), 15)
    assert len(made) == 1


def test_last_of_three_errors_is_raised(clock: SettableClock) -> None:
    made: list[float] = []
    with pytest.raises(Failed):
        calls_with(clock, 60).run(failing(99, made, clock), 15, always)
    assert len(made) == ATTEMPTS


def test_call_that_took_half_of_its_limit_is_not_repeated(clock: SettableClock) -> None:
    made: list[float] = []
    with pytest.raises(Failed):
        calls_with(clock, 60).run(failing(99, made, clock, takes=7.6), 15, always)
    assert len(made) == 1


def test_limit_is_that_of_the_innermost_call_and_ends_with_it(clock: SettableClock) -> None:
    calls, left = calls_with(clock, 60), list[float]()

    def note() -> None:
        call = current_call()
        assert call is not None
        left.append(call.left())

    def outer() -> None:
        note()
        calls.run(note, 4)
        note()

    calls.run(outer, 15)
    assert left == [15, 4, 15]
    assert current_call() is None


@pytest.mark.parametrize(
    ("status", "code", "kind", "reads", "writes"),
    [
        (400, "ProvisionedThroughputExceededException", "busy", 3, 3),
        (400, "ThrottlingException", "busy", 3, 3),
        (500, "InternalServerError", "unknown", 3, 1),
        (503, "ServiceUnavailable", "unknown", 3, 1),
        (400, "RequestTimeout", "unknown", 3, 1),
        (429, "", "busy", 3, 3),
        (400, "ValidationException", "refused", 1, 1),
        (403, "AccessDenied", "refused", 1, 1),
    ],
)
def test_refused_call_is_not_repeated_and_a_write_only_if_it_was_not_taken(
    status: int, code: str, kind: ErrorClass, reads: int, writes: int
) -> None:
    error = ClientError(
        {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "Operation",
    )
    for operation, times in (("get_item", reads), ("query", reads), ("put_item", writes), ("send_message", writes)):
        client = Recorder(error)
        with pytest.raises(ServiceError) as raised:
            getattr(aws_client_of(client), operation)(Key="k")
        assert (raised.value.kind, raised.value.code, len(client.calls)) == (kind, code, times), operation


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["ThrottlingError", "None"], "busy"),
        (["None", "ProvisionedThroughputExceeded"], "busy"),
        (["ConditionalCheckFailed", "None"], "refused"),
        (["TransactionConflict", "ThrottlingError"], "refused"),
        ([], "refused"),
    ],
)
def test_cancelled_transaction_is_busy_only_if_throttling_was_the_cause(codes: list[str], kind: ErrorClass) -> None:
    response = {
        "Error": {"Code": "TransactionCanceledException", "Message": "m"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    client: AwsClient = aws_client_of(Recorder(ClientError(response, "TransactWriteItems")))
    with pytest.raises(ServiceError) as raised:
        client.transact_write_items(TransactItems=[])
    assert raised.value.kind == kind


def test_repetition_may_have_been_sent_until_it_is_known_that_it_was_not(clock: SettableClock) -> None:
    kinds: list[ErrorClass] = []

    def call() -> None:
        kinds.append(kind_of_failure())
        current = current_call()
        assert current is not None
        current.moment = "before"  # as the connection says, of this try alone
        kinds.append(kind_of_failure())
        raise Failed

    with pytest.raises(Failed):
        Calls(RecordedSleep(), random.Random(1), clock=clock.seconds).run(call, 100, always)
    assert kinds == ["unknown", "undelivered"] * ATTEMPTS
