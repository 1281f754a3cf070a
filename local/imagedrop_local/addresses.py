"""The addresses of a running stack: `<folder>/stack.json`, which the other commands read. Deleted when the stack ends.

Readable by its owner only: it holds the simulators' keys. It never holds the keys of a real cloud.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

FILE = "stack.json"


def write(folder: Path, addresses: dict[str, Any]) -> None:
    path = folder / FILE
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(addresses, file, indent=1)
    part.replace(path)


def read(folder: Path) -> dict[str, Any] | None:
    """The addresses of the stack that runs on this folder; None if none runs."""
    try:
        addresses: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
        os.kill(addresses["pid"], 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return addresses


def remove(folder: Path) -> None:
    """Deletes the file if it is this process's or its process has ended."""
    found = read(folder)
    if found is None or found["pid"] == os.getpid():
        with contextlib.suppress(OSError):
            (folder / FILE).unlink()
