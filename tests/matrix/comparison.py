"""Compares the facts of an image with those expected, and with what dissect reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# column -> its facts; those of `windows` begin with a dot
COLUMNS = {
    "format": ("format", "variant"),
    "size": ("virtual_size", "file_size"),
    "partitions": ("partition_table", "partitions"),
    "firmware": ("hw_firmware_type",),
    "bitlocker": ("bitlocker",),
    "dirty": ("ntfs_dirty",),
    "hibernated": ("hibernated",),
    "product": (".product_name", ".edition", ".installation_type"),
    "build": (".build", ".ubr", ".display_version"),
    "architecture": (".architecture",),
    "drivers": (".drivers",),
    "cloudbase": (".cloudbase_init",),
    "state": (".image_state",),
    "os_version": (".os_version",),
}
DISSECT = "dissect"
COMPARED = ("ntfs_dirty", "hibernated")


def disagreements(found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(column, what differs) for each fact that is not as expected."""
    for column, names in COLUMNS.items():
        for name in names:
            left, right = _fact(found, name), _fact(expected, name)
            if left != right:
                yield column, f"{name.strip('.')}: found {left!r}, should be {right!r}"


def disagreements_with_dissect(by_dissect: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """dissect does not recognise ext, so that filesystem is not compared."""
    if "error" in by_dissect:
        yield str(by_dissect["error"])
        return
    parts = [{**part, "filesystem": part["filesystem"] if part["filesystem"] != "ext" else None}
             for part in found["partitions"]]  # fmt: skip
    ours = [{field: part[field] for field in ("start", "size", "filesystem")} for part in parts]
    if by_dissect["partitions"] != ours:
        yield f"partitions: {by_dissect['partitions']} but {ours}"
    yield from (f"{name}: {by_dissect[name]} but {found[name]}" for name in COMPARED if by_dissect[name] != found[name])
    theirs, windows = by_dissect["windows"], found["windows"]
    if (theirs is None) != (windows is None):
        yield f"a Windows: {theirs} but {windows}"
    elif theirs:
        differing = [name for name, value in theirs.items() if value != windows[name]]
        yield from (f"{name}: {theirs[name]!r} but {windows[name]!r}" for name in differing)


def _fact(facts: Mapping[str, Any], name: str) -> Any:
    if not name.startswith("."):
        return facts[name]
    return facts["windows"] and facts["windows"][name[1:]]
