"""The data disks: each a file of its own beside the image, judged like it but for what only system disks need."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.domain import object_keys
from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules import fast_channel, formats, size
from imagedrop.rules.rule_input import RuleInput


def check(case: RuleInput) -> Iterator[Finding]:
    taken = _taken(case)
    for number, wanted in enumerate(case.sidecar.data_images):
        key = object_keys.part_key(case.image.head.key, wanted.file)
        at, field = f"/data_images/{number}/file", f"data_images[{number}].file"
        if key in taken:
            yield say.DATA_IS_OWN(at=at, field=field, file=wanted.file)
        elif key not in case.parts:
            yield say.DATA_MISSING(at=at, file=wanted.file)
    for disk in case.data():
        if disk.subject.head.key not in taken:
            yield from formats.of_disk(disk)
            yield from size.of_data_disk(case, disk)
            yield from fast_channel.of_disk(case, disk)


def _taken(case: RuleInput) -> set[str]:
    """The keys that the drop needs for itself."""
    key = case.image.head.key
    own = {key, object_keys.sidecar_key(key), object_keys.result_key(key)}
    return own | {object_keys.bitmap_key(disk.subject.head.key) for disk in (case.system(), *case.data()) if disk.fast}
