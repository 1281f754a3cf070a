"""Reads images with dissect. This folder is run by itself, with the Python that has requirements/matrix.txt.

For each line of JSON on standard input, `{"image": path, "format": name}`, prints a line: the facts or
`{"error": text}`. It imports nothing of imagedrop; dissect (AGPL) is imported nowhere else.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from installation import is_dirty, is_hibernated, layout, windows
from volumes import OPEN, Anonymous, ntfs, partitions

TIMEOUT, MEMORY = 60, 4 << 30  # seconds for an image, bytes; dissect has no limits of its own


def read(image: Path, form: str) -> dict[str, Any]:
    with image.open("rb") as file:
        disk = OPEN[form](Anonymous(file))
        parts = list(partitions(disk))
        volumes = [volume for part in parts if (volume := ntfs(disk, part["start"]))]
        systems = [found for volume in volumes if (found := windows(volume))]
        return {
            "partitions": parts,
            "ntfs_dirty": any_of(parts, [is_dirty(volume) for volume in volumes]),
            "hibernated": any_of(parts, [is_hibernated(volume) for volume in volumes]),
            "windows": systems[0] if systems else None,
            "how_many_windows": len(systems),
            "layout": [layout(volume) for volume in volumes if windows(volume)],
        }


def any_of(parts: list[dict[str, Any]], answers: list[bool]) -> bool | None:
    """None where a volume cannot be read."""
    encrypted = any(part["filesystem"] == "bitlocker" for part in parts)
    return any(answers) if answers and not encrypted else None


def stop(signal_number: int, frame: object) -> None:
    raise TimeoutError(f"not finished after {TIMEOUT} s")


def main() -> None:
    signal.signal(signal.SIGALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        request = json.loads(line)
        signal.alarm(TIMEOUT)
        try:
            answer = read(Path(request["image"]), request["format"])
        except Exception as error:  # noqa: BLE001 - any error of dissect is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
