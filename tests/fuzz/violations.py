"""The rules that every inspection must keep, whatever its image holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from imagedrop.inspection import Budget, Inspection
from imagedrop.inspection.windows.drivers import DRIVERS
from imagedrop.inspection.windows.services import STARTS

CRASH = re.compile(r"\b(?:[A-Z]\w*(?:Error|Exception|Iteration|Exit)|error): ")  # `error` is struct's and zlib's
FILESYSTEM = ".filesystem"
VALUES: dict[str, tuple[str, ...]] = {
    "format": ("vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"),
    "partition_table": ("gpt", "mbr", "none"),
    "hw_firmware_type": ("bios", "uefi"),
    "architecture": ("x86_64", "x86", "arm64"),
    "filesystem": ("ntfs", "fat12", "fat16", "fat32", "exfat", "refs", "ext", "bitlocker"),
}
TYPES: dict[str, type] = dict.fromkeys(("virtual_size", "file_size", "start", "size", "build", "ubr"), int)
TYPES |= dict.fromkeys(("bitlocker", "ntfs_dirty", "hibernated", "cloudbase_init"), bool)
TYPES |= dict.fromkeys(("variant", "type", "product_name", "edition", "display_version", "image_state"), str)
TYPES |= dict.fromkeys(("installation_type", "os_version"), str)


def flat(facts: dict[str, Any], at: str = "") -> dict[str, Any]:
    """Every fact by its path."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict) and name != "drivers":
            found |= flat(value, f"{at}{name}.")
        elif name == "partitions":
            for number, partition in enumerate(value):
                found |= flat(partition, f"{at}{name}.{number}.")
        else:
            found[at + name] = value
    return found


def violations(inspection: Inspection, before: Inspection, *, must_report: bool = False) -> Iterator[str]:
    """`before`: of the unchanged image. `must_report`: the change must lead to a finding."""
    facts = inspection.facts.public()
    yield from _cost(inspection)
    yield from _values(facts)
    yield from _text(facts, inspection)
    known, here = flat(before.facts.public()), flat(facts)
    new = [finding for finding in inspection.findings if finding not in before.findings]
    lost = [name for name, value in known.items() if value is not None and here.get(name, ...) is None]
    if set(lost) - _needs_no_reason(here, inspection) and not new:
        yield f"{', '.join(lost)} became None without a finding"
    if not inspection.findings and any(value is None for name, value in here.items() if not name.endswith(FILESYSTEM)):
        yield "a fact is None without a finding"
    if must_report and here != known and not new:
        yield f"facts changed without a finding: {sorted(name for name in here if here[name] != known.get(name))}"


def _needs_no_reason(here: dict[str, Any], inspection: Inspection) -> set[str]:
    """Facts that may be None: an unknown filesystem; dirty without NTFS; the firmware of a Linux."""
    filesystems = {name: value for name, value in here.items() if name.endswith(FILESYSTEM)}
    gone = {*filesystems, *(() if "ntfs" in filesystems.values() else ("ntfs_dirty", "hibernated"))}
    return gone | {"hw_firmware_type"} if any(finding.id == "image.linux" for finding in inspection.findings) else gone


def _cost(inspection: Inspection) -> Iterator[str]:
    if inspection.read.gets > Budget().requests or inspection.read.bytes > Budget().bytes:
        yield f"{inspection.read.gets} requests, {inspection.read.bytes} bytes"


def _text(facts: dict[str, Any], inspection: Inspection) -> Iterator[str]:
    findings = [finding.stored() for finding in inspection.findings]
    try:
        json.dumps([facts, findings], ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        yield f"not JSON: {error}"
    for finding in inspection.findings:
        if CRASH.search(finding.message):
            yield f"a reader crashed: {finding.message}"
        if not (finding.message + finding.fix).replace("\n", "").isprintable():
            yield f"control characters in a message: {finding.message!r}"


def _values(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in flat(facts).items():
        last = name.rpartition(".")[2]
        if value is None:
            continue
        if last in VALUES and value not in VALUES[last]:
            yield f"{name} is {value!r}"
        if last in TYPES and (type(value) is not TYPES[last] or (isinstance(value, int) and value < 0)):
            yield f"{name} is {value!r}"
        if last == "drivers" and (set(value) != set(DRIVERS) or not set(value.values()) <= {*STARTS, "absent"}):
            yield f"{name} is {value!r}"
