"""What is in an image, a line for each thing, as (name, what is known of it)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagedrop.inspection.facts import DiskFacts, WindowsFacts

UNKNOWN = "?"
IMAGE_STATES = {  # Windows Setup: states of a Windows installation
    "IMAGE_STATE_COMPLETE": "complete, not generalized (no sysprep)",
    "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE": "generalized (sysprep), ready for a first start",
}
VOLUME_FLAGS = {  # fact -> what is said where it is true, and where it is not
    "bitlocker": ("BitLocker", "no BitLocker"),
    "ntfs_dirty": ("NTFS not clean", "NTFS clean"),
    "hibernated": ("hibernated", "not hibernated"),
}


def lines(found: DiskFacts) -> Iterator[tuple[str, str]]:
    if found.windows is not None:
        yield from _windows(found.windows)
    marks = {name: getattr(found, name) for name in VOLUME_FLAGS}
    if good := [VOLUME_FLAGS[name][1] for name, there in marks.items() if there is False]:
        yield "volumes", ", ".join(good)
    if bad := [VOLUME_FLAGS[name][0] for name, there in marks.items() if there]:
        yield "beware", ", ".join(bad)


def _windows(found: WindowsFacts) -> Iterator[tuple[str, str]]:
    yield "Windows", _product(found)
    if found.build is not None:
        yield "os_version", found.os_version or "none that IMS lists"
    yield "drivers", _drivers(found.drivers)
    there = found.cloudbase_init
    yield "Cloudbase-Init", UNKNOWN if there is None else "installed" if there else "not installed"
    yield "set-up", _state(found.image_state)


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


def _state(said: str | None) -> str:
    if said is None:
        return UNKNOWN
    return IMAGE_STATES.get(said) or said.removeprefix("IMAGE_STATE_").replace("_", " ").lower()
