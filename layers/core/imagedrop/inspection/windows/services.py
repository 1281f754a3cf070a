"""Services: when they start, and where their program lies."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from imagedrop.inspection.registry import Key, Value
from imagedrop.inspection.replay import fetch_together

SERVICES = "Services"
OVERRIDE, PROFILE = "StartOverride", "0"  # a subkey of a driver's key: its value replaces Start in a hardware profile
STARTS = ("boot", "system", "auto", "manual", "disabled")
PATH_MOST = 1024  # characters of an ImagePath
FOLDER = "windows\\"
ROOTS = ("\\systemroot\\", "%systemroot%\\", "%windir%\\")


class Service(NamedTuple):
    """`start`: a word of STARTS, or None where its key says none. `image`: ImagePath as it is written, unless
    it is longer than any path. `overridden`: what its key says where something else counts."""

    start: str | None
    image: str | None
    overridden: str | None = None


def services(current: Key, *names: str) -> dict[str, Service]:
    """Those of the names that are there, by the name as asked for."""
    folder = current.subkey(SERVICES)
    keys = {name: key for name, key in (folder.subkeys(*names) if folder else {}).items() if key is not None}
    told = fetch_together(*[partial(key.values, "Start", "ImagePath") for key in keys.values()])
    overrides = fetch_together(*[partial(_override, key) for key in keys.values()])
    return {name: _service(values, other) for name, values, other in zip(keys, told, overrides, strict=True)}


def _override(key: Key) -> str | None:
    below = key.subkey(OVERRIDE)
    return _start(below.values(PROFILE).get(PROFILE)) if below else None


def _service(values: dict[str, Value], override: str | None) -> Service:
    start, image = _start(values.get("Start")), values.get("ImagePath")
    counts = override or start
    path = image if isinstance(image, str) and len(image) <= PATH_MOST else None
    return Service(counts, path, start if counts != start else None)


def _start(value: Value | None) -> str | None:
    return STARTS[value] if isinstance(value, int) and 0 <= value < len(STARTS) else None


def inside_windows(image: str) -> str | None:
    """An ImagePath as a path from the Windows folder; None where it leads elsewhere.

    Drivers: relative to that folder, or \\SystemRoot\\..., %SystemRoot%\\..., \\??\\C:\\Windows\\...
    """
    path = image.strip().strip('"').replace("/", "\\").lower().removeprefix("\\??\\")
    if root := next((one for one in ROOTS if path.startswith(one)), None):
        return path[len(root) :]
    if path[1:3] == ":\\":
        path = path[3:]
        return path.removeprefix(FOLDER) if path.startswith(FOLDER) else None
    return path.lstrip("\\") or None
