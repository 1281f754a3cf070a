"""The data disks: each is a file of its own beside the image and is checked like it, except for what only system disks
need."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.domain import object_keys
from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules import fast_channel, formats, size
from imagedrop.rules.rule_input import RuleInput


def check(given: RuleInput) -> Iterator[Finding]:
    reserved = _reserved_keys(given)
    for number, entry in enumerate(given.sidecar.data_images):
        key = object_keys.part_key(given.image.head.key, entry.file)
        at, field = f"/data_images/{number}/file", f"data_images[{number}].file"
        if key in reserved:
            yield kinds.DATA_IS_OWN(at=at, field=field, file=entry.file)
        elif key not in given.parts:
            yield kinds.DATA_MISSING(at=at, file=entry.file)
    for disk in given.data_disks():
        if disk.file.head.key not in reserved:
            yield from formats.check_disk(disk)
            yield from size.check_data_disk(given, disk)
            yield from fast_channel.check_disk(given, disk)


def _reserved_keys(given: RuleInput) -> set[str]:
    """The keys of the drop's other files, which no data disk can have."""
    key = given.image.head.key
    disks = (given.system_disk(), *given.data_disks())
    bitmaps = {object_keys.bitmap_key(disk.file.head.key) for disk in disks if disk.fast}
    return bitmaps | {key, object_keys.sidecar_key(key), object_keys.result_key(key)}
