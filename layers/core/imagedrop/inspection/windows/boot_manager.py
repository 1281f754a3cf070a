"""Whether a BIOS finds Windows' boot manager on the disk: bootmgr and its store lie in the active partition."""

from __future__ import annotations

from functools import partial

from imagedrop.inspection.ntfs import Volume
from imagedrop.inspection.replay import fetch_together

BOOT_MANAGER, STORE = "bootmgr", "Boot/BCD"


def boot_files(active: Volume) -> bool:
    """Of the active partition."""
    return all(fetch_together(*[partial(_holds, active, path) for path in (BOOT_MANAGER, STORE)]))


def _holds(volume: Volume, path: str) -> bool:
    return volume.find(path) is not None
