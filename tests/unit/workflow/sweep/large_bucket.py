"""Sweeps a large bucket in a process with all libraries of the function. Prints the peak memory before and after."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from bench.big_bucket import BUCKET, BigBucket
from bench.reader_process import peak_memory
from imagedrop.adapters.obs.client import obs_client
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.entry.runtime import Runtime
from imagedrop.ports import Listing
from imagedrop_local.memory import MemoryObjects, SettableClock, memory_ports
from imagedrop_local.project_paths import function

PAGE = 1000


class BigObjects(MemoryObjects):
    """LIST shows the keys of a BigBucket."""

    def __init__(self, bucket: BigBucket) -> None:
        super().__init__(SettableClock(), BUCKET)
        self._bucket_of_keys = bucket

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Listing:
        with self._call("list"):
            heads = self._bucket_of_keys.heads(prefix, after or "", PAGE)
            return Listing(heads, heads[-1].key if len(heads) == PAGE else None)


def main(ended: int, foreign: int) -> None:
    runtime = Runtime({"IMAGEDROP_DROP_BUCKET": BUCKET, "IMAGEDROP_REGION": "cn-north-4"})
    clients = [runtime.aws("dynamodb"), runtime.aws("sqs"), obs_client(runtime.settings, lambda: HuaweiKeys("a", "s"))]
    objects = BigObjects(BigBucket(ended, foreign))
    before = peak_memory()
    response = function("sweep").handle(replace(memory_ports(), objects=objects), lambda: 240.0)
    del clients
    print(json.dumps({**response, "lists": objects.calls["list"], "before": before, "after": peak_memory()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
