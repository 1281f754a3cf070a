"""Retries inside one call, for failures that last seconds. For longer waits the message goes back to the queue."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from imagedrop.backoff import growing_wait
from imagedrop.ports import Random, Sleep

ATTEMPTS = 3
FIRST_WAIT, MAX_WAIT = 0.4, 4.0  # s


def retry_briefly(sleep: Sleep, random: Random, is_temporary: Callable[[BaseException], bool]) -> Retrying:
    """Calls a function up to ATTEMPTS times, as long as its error `is_temporary`. Then raises the last error."""

    def wait(state: RetryCallState) -> float:
        return growing_wait(FIRST_WAIT, MAX_WAIT, state.attempt_number - 1, random)

    return Retrying(
        sleep=sleep, wait=wait, stop=stop_after_attempt(ATTEMPTS), retry=retry_if_exception(is_temporary), reraise=True
    )
