"""What dissect says of images. This folder runs by itself, in the Python that has requirements/judges.txt.

Reads lines of JSON `{"image": path, "format": name}`; answers each with a line: the facts or `{"error": text}`. Nothing
of imagedrop is imported here, and dissect (AGPL) nowhere else.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from installation import asleep, dirty, laid_out, windows
from volumes import OPEN, Anonymous, ntfs, partitions

PATIENCE, MEMORY = 60, 4 << 30  # seconds for an image, bytes; dissect has no bounds of its own


def judge(image: Path, form: str) -> dict[str, Any]:
    with image.open("rb") as file:
        disk = OPEN[form](Anonymous(file))
        parts = list(partitions(disk))
        volumes = [volume for part in parts if (volume := ntfs(disk, part["start"]))]
        systems = [found for volume in volumes if (found := windows(volume))]
        return {
            "partitions": parts,
            "ntfs_dirty": of_all(parts, [dirty(volume) for volume in volumes]),
            "hibernated": of_all(parts, [asleep(volume) for volume in volumes]),
            "windows": systems[0] if systems else None,
            "how_many_windows": len(systems),
            "layout": [laid_out(volume) for volume in volumes if windows(volume)],
        }


def of_all(parts: list[dict[str, Any]], answers: list[bool]) -> bool | None:
    """None where a volume keeps its answer to itself."""
    closed = any(part["filesystem"] == "bitlocker" for part in parts)
    return any(answers) if answers and not closed else None


def give_up(signal_number: int, frame: object) -> None:
    raise TimeoutError(f"not done after {PATIENCE} s")


def main() -> None:
    signal.signal(signal.SIGALRM, give_up)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        asked = json.loads(line)
        signal.alarm(PATIENCE)
        try:
            answer = judge(Path(asked["image"]), asked["format"])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
