"""Services: when they start, and where their programs are."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from imagedrop.inspection.registry import Key, Value
from imagedrop.inspection.replay import fetch_together

SERVICES = "Services"
OVERRIDE, PROFILE = "StartOverride", "0"  # a subkey of a driver's key: its value replaces Start in a hardware profile
STARTS = ("boot", "system", "auto", "manual", "disabled")
MAX_PATH = 1024  # characters of an ImagePath
FOLDER = "windows\\"
ROOTS = ("\\systemroot\\", "%systemroot%\\", "%windir%\\")


class Service(NamedTuple):
    """`start`: one of STARTS, or None where its key has none. `image`: ImagePath as stored, unless it is too long.
    `overridden`: the Start of its key where StartOverride replaces it."""

    start: str | None
    image: str | None
    overridden: str | None = None


def services(control_set: Key, *names: str) -> dict[str, Service]:
    """Those of the names that exist, by the name as given."""
    folder = control_set.subkey(SERVICES)
    keys = {name: key for name, key in (folder.subkeys(*names) if folder else {}).items() if key is not None}
    values = fetch_together(*[partial(key.values, "Start", "ImagePath") for key in keys.values()])
    overrides = fetch_together(*[partial(_override, key) for key in keys.values()])
    return dict(zip(keys, map(_service, values, overrides), strict=True))


def _override(key: Key) -> str | None:
    override = key.subkey(OVERRIDE)
    return _start(override.values(PROFILE).get(PROFILE)) if override else None


def _service(values: dict[str, Value], override: str | None) -> Service:
    start, image = _start(values.get("Start")), values.get("ImagePath")
    effective = override or start
    path = image if isinstance(image, str) and len(image) <= MAX_PATH else None
    return Service(effective, path, start if effective != start else None)


def _start(value: Value | None) -> str | None:
    return STARTS[value] if isinstance(value, int) and 0 <= value < len(STARTS) else None


def path_in_windows(image: str) -> str | None:
    """An ImagePath relative to the Windows folder; None where it leads elsewhere.

    Drivers have paths relative to that folder, or \\SystemRoot\\..., %SystemRoot%\\..., \\??\\C:\\Windows\\...
    """
    path = image.strip().strip('"').replace("/", "\\").lower().removeprefix("\\??\\")
    if root := next((root for root in ROOTS if path.startswith(root)), None):
        return path[len(root) :]
    if path[1:3] == ":\\":
        path = path[3:]
        return path.removeprefix(FOLDER) if path.startswith(FOLDER) else None
    return path.lstrip("\\") or None
