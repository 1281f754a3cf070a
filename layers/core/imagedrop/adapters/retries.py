"""Retries inside one call: brief, for what passes by itself. Longer waits are the queue's."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from imagedrop.backoff import growing_wait
from imagedrop.ports import Random, Sleep

TRIES = 3
FIRST, LONGEST = 0.4, 4.0  # s


def retry_briefly(sleep: Sleep, random: Random, passes: Callable[[BaseException], bool]) -> Retrying:
    """Calls up to three times while `passes` says of the error that it may pass; then the last error is raised."""

    def wait(state: RetryCallState) -> float:
        return growing_wait(FIRST, LONGEST, state.attempt_number - 1, random)

    return Retrying(
        sleep=sleep, wait=wait, stop=stop_after_attempt(TRIES), retry=retry_if_exception(passes), reraise=True
    )
