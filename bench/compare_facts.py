"""Compares the facts that two readers find in an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPARED = ("partition_table", "partitions", "hw_firmware_type", "bitlocker", "ntfs_dirty", "hibernated")


def facts(ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None) -> str:
    """How many of their facts are equal to ours, such as 17/17."""
    our_facts, their_facts = _flat(ours or {}), _flat(theirs or {})
    equal = sum(our_facts.get(name) == value for name, value in their_facts.items())
    return f"{equal}/{len(their_facts)}"


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: facts[name] for name in COMPARED if name in facts}
    starts = [part["start"] if isinstance(part, dict) else part for part in found.get("partitions", ())]
    windows: Mapping[str, Any] = facts.get("windows") or {}
    return found | ({"partitions": starts} if starts else {}) | {f"windows.{name}": windows[name] for name in windows}
