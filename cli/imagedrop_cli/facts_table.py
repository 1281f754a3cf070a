"""The facts of an image for people, as (name, value)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagedrop.inspection.facts import DiskFacts, WindowsFacts

UNKNOWN = "?"
IMAGE_STATES = {  # Windows Setup: ImageState
    "IMAGE_STATE_COMPLETE": "complete, not generalized (no sysprep)",
    "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE": "generalized (sysprep)",
}
VOLUME_FLAGS = {  # fact -> (text if true, text if false)
    "bitlocker": ("BitLocker", "no BitLocker"),
    "ntfs_dirty": ("NTFS dirty", "NTFS clean"),
    "hibernated": ("hibernated", "not hibernated"),
}


def lines(found: DiskFacts) -> Iterator[tuple[str, str]]:
    if found.windows is not None:
        yield from _windows(found.windows)
    flags = {name: getattr(found, name) for name in VOLUME_FLAGS}
    if good := [VOLUME_FLAGS[name][1] for name, value in flags.items() if value is False]:
        yield "volumes", ", ".join(good)
    if bad := [VOLUME_FLAGS[name][0] for name, value in flags.items() if value]:
        yield "warning", ", ".join(bad)


def _windows(found: WindowsFacts) -> Iterator[tuple[str, str]]:
    yield "Windows", _product(found)
    if found.build is not None:
        yield "os_version", found.os_version or "not in IMS's list"
    yield "drivers", _drivers(found.drivers)
    installed = found.cloudbase_init
    yield "Cloudbase-Init", UNKNOWN if installed is None else "installed" if installed else "not installed"
    yield "image state", _state(found.image_state)


def _product(found: WindowsFacts) -> str:
    """`Windows Server 2022 Datacenter 21H2, build 20348.3091, x86_64`."""
    name = " ".join(filter(None, (found.product_name, found.display_version)))
    build = f"build {found.build}" + (f".{found.ubr}" if found.ubr is not None else "") if found.build else ""
    return ", ".join(filter(None, (name, build, found.architecture))) or "yes"


def _drivers(found: Mapping[str, str] | None) -> str:
    """`viostor boot, netkvm manual; absent: balloon`."""
    if found is None:
        return UNKNOWN
    present = ", ".join(f"{name} {start}" for name, start in found.items() if start != "absent")
    absent = ", ".join(name for name, start in found.items() if start == "absent")
    return "; ".join(filter(None, (present, f"absent: {absent}" if absent else "")))


def _state(state: str | None) -> str:
    if state is None:
        return UNKNOWN
    return IMAGE_STATES.get(state) or state.removeprefix("IMAGE_STATE_").replace("_", " ").lower()
