"""What an inspection reads of the sample image, against reading the whole of it."""

from __future__ import annotations

import time

from imagedrop.inspection import Budget, FileSource, inspect
from imagedrop_local.house import SAMPLES


def run() -> None:
    print("inspection of the sample image")
    print(f"{'':28}{'requests':>9}{'trips':>7}{'KiB':>8}{'of file':>9}{'of disk':>10}{'ms':>7}")
    for path in sorted(SAMPLES.glob("*.qcow2")):
        with FileSource(path) as source:
            seen = inspect(source, file_name=path.name, budget=Budget(clock=time.perf_counter))
        read, facts = seen.read, seen.facts
        size, disk = facts.file_size or 1, facts.virtual_size or 1
        cost = f"{read.gets:9}{read.round_trips:7}{read.bytes / 1024:8.0f}"
        print(f"{path.name:28}{cost}{read.bytes / size:9.1%}{read.bytes / disk:10.6%}{read.seconds * 1000:7.1f}")
    print()
