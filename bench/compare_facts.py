"""Whether two readers say the same of an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPARED = ("partition_table", "partitions", "hw_firmware_type", "bitlocker", "ntfs_dirty", "hibernated")


def facts(ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None) -> str:
    """How many of the facts that they read are ours too, such as 17/17."""
    mine, other = _flat(ours or {}), _flat(theirs or {})
    return f"{sum(mine.get(name) == value for name, value in other.items())}/{len(other)}"


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: told[name] for name in COMPARED if name in told}
    starts = [one["start"] if isinstance(one, dict) else one for one in found.get("partitions", ())]
    windows: Mapping[str, Any] = told.get("windows") or {}
    return found | ({"partitions": starts} if starts else {}) | {f"windows.{name}": windows[name] for name in windows}
