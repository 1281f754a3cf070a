"""What was found against what should have been: which columns of the matrix do not agree, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# column -> the facts in it; those of `windows` have a dot before them
COLUMNS = {
    "format": ("format", "variant"),
    "size": ("virtual_size", "file_size"),
    "partitions": ("partition_table", "partitions"),
    "firmware": ("hw_firmware_type",),
    "bitlocker": ("bitlocker",),
    "dirty": ("ntfs_dirty",),
    "asleep": ("hibernated",),
    "product": (".product_name", ".edition", ".installation_type"),
    "build": (".build", ".ubr", ".display_version"),
    "machine": (".architecture",),
    "drivers": (".drivers",),
    "cloudbase": (".cloudbase_init",),
    "state": (".image_state",),
    "os_version": (".os_version",),
}
DISSECT = "dissect"
COMPARED = ("ntfs_dirty", "hibernated")


def disagreements(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(column, what differs) for each fact that is not as it should be."""
    for column, names in COLUMNS.items():
        for name in names:
            left, right = _fact(found, name), _fact(wanted, name)
            if left != right:
                yield column, f"{name.strip('.')}: found {left!r}, should be {right!r}"


def disagreements_with_dissect(said: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """What the judge sees otherwise than the inspection; it has no opinion of ext."""
    if "error" in said:
        yield str(said["error"])
        return
    parts = [{**part, "filesystem": part["filesystem"] if part["filesystem"] != "ext" else None}
             for part in found["partitions"]]  # fmt: skip
    mine = [{field: part[field] for field in ("start", "size", "filesystem")} for part in parts]
    if said["partitions"] != mine:
        yield f"partitions: {said['partitions']} but {mine}"
    yield from (f"{name}: {said[name]} but {found[name]}" for name in COMPARED if said[name] != found[name])
    theirs, ours = said["windows"], found["windows"]
    if (theirs is None) != (ours is None):
        yield f"a Windows: {theirs} but {ours}"
    elif theirs:
        yield from (f"{name}: {value!r} but {ours[name]!r}" for name, value in theirs.items() if value != ours[name])


def _fact(facts: Mapping[str, Any], name: str) -> Any:
    if not name.startswith("."):
        return facts[name]
    return facts["windows"] and facts["windows"][name[1:]]
