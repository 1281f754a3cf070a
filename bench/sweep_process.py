"""One invocation of the function sweep in its own process."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench.reader_process import peak_memory
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.time_limits import STANDARD
from imagedrop.entry.runtime import runtime
from imagedrop.workflow.sweep.search import NOTE
from imagedrop_local.memory import MemoryLedger, MemoryQueues, SettableClock
from imagedrop_local.project_paths import function
from imagedrop_local.simulated_cloud import ACCESS_KEY, SECRET_KEY


class Context:
    """Lambda's. `seconds`: the time limit of the function."""

    aws_request_id = "bench"

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> float:
        return (self._end - time.monotonic()) * 1000


def invoke(note: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
    """`note`: of the last invocation. Calls the handler, which calls OBS through its real adapter. Ledger and queues
    are in memory. The clients of DynamoDB and SQS are made too, because they take memory."""
    process, ledger = runtime(STANDARD), MemoryLedger()
    if note is not None:
        ledger.store(NOTE, note)
    process.huawei_keys = lambda: HuaweiKeys(ACCESS_KEY, SECRET_KEY)  # type: ignore[method-assign]
    process.ports.__dict__.update(ledger=ledger, queues=MemoryQueues(SettableClock()))
    clients = [process.aws("dynamodb"), process.aws("sqs")]
    begun = time.perf_counter()
    response = function("sweep").handler({}, Context(seconds))
    spent = time.perf_counter() - begun
    del clients
    return {"note": ledger.load(NOTE), "seconds": spent, "peak_memory": peak_memory(), "response": response}


if __name__ == "__main__":
    print(json.dumps(invoke(json.loads(sys.argv[1]), float(sys.argv[2]))))
