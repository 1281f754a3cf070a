"""Services: when they start, and where their program lies."""

from __future__ import annotations

from imagedrop.inspection.cache import together
from imagedrop.inspection.registry import Key, Value
from imagedrop.light import NamedTuple, partial

SERVICES = "Services"
STARTS = ("boot", "system", "auto", "manual", "disabled")
FOLDER = "windows\\"
ROOTS = ("\\systemroot\\", "%systemroot%\\", "%windir%\\")


class Service(NamedTuple):
    """`start`: a word of STARTS, or None where its key says none. `image`: ImagePath as it is written."""

    start: str | None
    image: str | None


def services(current: Key, *names: str) -> dict[str, Service]:
    """Those of the names that are there, by the name as asked for."""
    folder = current.subkey(SERVICES)
    keys = {name: key for name, key in (folder.subkeys(*names) if folder else {}).items() if key is not None}
    told = together(*[partial(key.values, "Start", "ImagePath") for key in keys.values()])
    return {name: _service(values) for name, values in zip(keys, told, strict=True)}


def _service(values: dict[str, Value]) -> Service:
    start, image = values.get("Start"), values.get("ImagePath")
    word = STARTS[start] if isinstance(start, int) and 0 <= start < len(STARTS) else None
    return Service(word, image if isinstance(image, str) else None)


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
