"""Windows' boot manager for BIOS: bootmgr and the boot configuration data (BCD) on the active partition."""

from __future__ import annotations

from functools import partial

from imagedrop.inspection.ntfs import Volume
from imagedrop.inspection.replay import fetch_together

BOOT_FILES = ("bootmgr", "Boot/BCD")


def has_boot_files(volume: Volume) -> bool:
    return all(file is not None for file in fetch_together(*[partial(volume.find, path) for path in BOOT_FILES]))
