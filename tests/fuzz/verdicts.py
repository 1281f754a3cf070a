"""What an inspection may not do, whatever its image holds."""

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
WORDS: dict[str, tuple[str, ...]] = {
    "format": ("vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"),
    "partition_table": ("gpt", "mbr", "none"),
    "hw_firmware_type": ("bios", "uefi"),
    "architecture": ("x86_64", "x86", "arm64"),
    "filesystem": ("ntfs", "fat12", "fat16", "fat32", "exfat", "refs", "ext", "bitlocker"),
}
KINDS: dict[str, type] = dict.fromkeys(("virtual_size", "file_size", "start", "size", "build", "ubr"), int)
KINDS |= dict.fromkeys(("bitlocker", "ntfs_dirty", "hibernated", "cloudbase_init"), bool)
KINDS |= dict.fromkeys(("variant", "type", "product_name", "edition", "display_version", "image_state"), str)
KINDS |= dict.fromkeys(("installation_type", "os_version"), str)


def flat(facts: dict[str, Any], at: str = "") -> dict[str, Any]:
    """Every single fact by where it stands."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict) and name != "drivers":
            found |= flat(value, f"{at}{name}.")
        elif name == "partitions":
            for number, one in enumerate(value):
                found |= flat(one, f"{at}{name}.{number}.")
        else:
            found[at + name] = value
    return found


def objections(seen: Inspection, before: Inspection, *, told: bool = False) -> Iterator[str]:
    """`before`: of the image as it was. `told`: what was changed is such that it may not go unnoticed."""
    facts = seen.facts.public()
    yield from _cost(seen)
    yield from _words(facts)
    yield from _text(facts, seen)
    known, new = flat(before.facts.public()), [one for one in seen.findings if one not in before.findings]
    here = flat(facts)
    lost = [name for name, value in known.items() if value is not None and here.get(name, ...) is None]
    if set(lost) - _needs_no_reason(here, seen) and not new:
        yield f"{', '.join(lost)} went without a word"
    if not seen.findings and any(value is None for name, value in here.items() if not name.endswith(FILESYSTEM)):
        yield "nothing is said of what is not known"
    if told and here != known and not new:
        yield f"other facts without a word: {sorted(name for name in here if here[name] != known.get(name))}"


def _needs_no_reason(here: dict[str, Any], seen: Inspection) -> set[str]:
    """A filesystem that nobody knows is none; without NTFS nothing is dirty; a Linux is not looked into."""
    filesystems = {name: value for name, value in here.items() if name.endswith(FILESYSTEM)}
    gone = {*filesystems, *(() if "ntfs" in filesystems.values() else ("ntfs_dirty", "hibernated"))}
    return gone | {"hw_firmware_type"} if any(one.id == "image.linux" for one in seen.findings) else gone


def _cost(seen: Inspection) -> Iterator[str]:
    if seen.read.gets > Budget().requests or seen.read.bytes > Budget().bytes:
        yield f"{seen.read.gets} requests, {seen.read.bytes} bytes"


def _text(facts: dict[str, Any], seen: Inspection) -> Iterator[str]:
    try:
        json.dumps([facts, [one.stored() for one in seen.findings]], ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        yield f"not JSON: {error}"
    for one in seen.findings:
        if CRASH.search(one.message):
            yield f"a reader broke: {one.message}"
        if not (one.message + one.fix).replace("\n", "").isprintable():
            yield f"control characters are told: {one.message!r}"


def _words(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in flat(facts).items():
        last = name.rpartition(".")[2]
        if value is None:
            continue
        if last in WORDS and value not in WORDS[last]:
            yield f"{name} is {value!r}"
        if last in KINDS and (type(value) is not KINDS[last] or (KINDS[last] is int and value < 0)):
            yield f"{name} is {value!r}"
        if last == "drivers" and (set(value) != set(DRIVERS) or not set(value.values()) <= {*STARTS, "absent"}):
            yield f"{name} is {value!r}"
