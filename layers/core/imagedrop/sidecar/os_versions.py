"""The values of `os_version` in a sidecar."""

from __future__ import annotations

import difflib

from imagedrop.common.os_versions import BIOS_ONLY, UEFI, UNLISTED, WINDOWS

__all__ = ["BIOS_ONLY", "UEFI", "UNLISTED", "WINDOWS", "nearest"]


def nearest(value: str) -> str:
    """The known value that `value` most likely means."""
    shown = {known.lower(): known for known in WINDOWS}
    return shown[difflib.get_close_matches(value.lower()[:128], shown, 1, 0.0)[0]]
