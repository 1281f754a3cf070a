"""Parallel calls: results in order, and shared keys and secrets are renewed once."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagedrop.adapters.obs.objects import ObsObjects
from imagedrop.adapters.secrets import Secrets
from imagedrop.adapters.threads import MAX_THREADS, thread_pool
from imagedrop.inspection import SourceChanged
from imagedrop.ports import ObjectsRefused, RunParallel, run_in_sequence
from imagedrop_local.memory import SettableClock
from tests.support.service_calls import quick_calls

FOUR = 4
TIMEOUT = 20.0  # s; reached only if the test fails


@pytest.fixture(scope="module")
def parallel() -> RunParallel:
    return thread_pool()


@pytest.fixture(params=["threads", "sequence"])
def run_calls(request: pytest.FixtureRequest, parallel: RunParallel) -> RunParallel:
    return parallel if request.param == "threads" else run_in_sequence


def returning(number: int) -> Callable[[], bytes]:
    return lambda: b"%d" % number


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "GetObject")


def test_results_are_in_the_order_of_the_calls(run_calls: RunParallel) -> None:
    assert list(run_calls([returning(number) for number in range(30)])) == [b"%d" % number for number in range(30)]


@pytest.mark.parametrize("failure", [OSError("disk"), SourceChanged("disk")])
def test_exception_of_a_call_is_raised(run_calls: RunParallel, failure: BaseException) -> None:
    def fail() -> bytes:
        raise failure

    with pytest.raises(type(failure)):
        run_calls([returning(1), fail, returning(2)])


def test_calls_run_at_the_same_time(parallel: RunParallel) -> None:
    all_started = threading.Barrier(MAX_THREADS)

    def meet() -> bytes:
        all_started.wait(TIMEOUT)
        return b"met"

    assert parallel([meet] * MAX_THREADS) == [b"met"] * MAX_THREADS


def test_threads_refused_with_old_keys_all_continue_with_the_new_ones(parallel: RunParallel) -> None:
    refused = threading.Barrier(FOUR)

    class Client:
        key, renewals = "old", 0

        def get_object(self, **_: Any) -> dict[str, Any]:
            if self.key == "old":
                refused.wait(TIMEOUT)
                raise refusal("InvalidAccessKeyId")
            meta = {"HTTPStatusCode": 206}
            return {"Body": io.BytesIO(b"23"), "ContentRange": "bytes 2-3/9", "ResponseMetadata": meta}

        def renew(self) -> bool:
            self.renewals += 1
            changed, self.key = self.key != "new", "new"
            return changed

    client = Client()
    objects = ObsObjects(client, quick_calls(), client.renew)
    assert parallel([lambda: objects.read("b", "k", "e", 2, 2)] * FOUR) == [b"23"] * FOUR
    assert client.renewals == 1


def test_refused_keys_that_did_not_change_raise_objects_refused() -> None:
    class Client:
        def get_object(self, **_: Any) -> dict[str, Any]:
            raise refusal("AccessDenied")

    with pytest.raises(ObjectsRefused):
        ObsObjects(Client(), quick_calls(), lambda: False).read("b", "k", "e", 2, 2)


def test_threads_that_need_a_secret_at_the_same_time_read_it_once(parallel: RunParallel) -> None:
    all_started, reads, second_read = threading.Barrier(FOUR), [], threading.Event()

    class Manager:
        def get_secret_value(self, **_: Any) -> dict[str, str]:
            reads.append(threading.get_ident())
            second_read.wait(0.1) if len(reads) == 1 else second_read.set()  # lets the other threads call `get`
            return {"SecretString": "text"}

    secrets = Secrets(Manager, SettableClock())

    def get() -> bytes:
        all_started.wait(TIMEOUT)
        return secrets.get("id").encode()

    assert parallel([get] * FOUR) == [b"text"] * FOUR
    assert len(reads) == 1
