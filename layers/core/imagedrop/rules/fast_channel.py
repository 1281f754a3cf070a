"""The fast channel (is_quick_import): zvhd2, or raw with its bitmap file beside it (IMS: quick import, IMG.0158)."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import Disk, RuleInput
from imagedrop.rules.size import FAST_FORMATS


def check(given: RuleInput) -> Iterator[Finding]:
    yield from check_disk(given, given.system_disk())
    if given.fast and given.sidecar.cmk_id:
        yield kinds.FAST_ENCRYPTED(at="/cmk_id")


def check_disk(given: RuleInput, disk: Disk) -> Iterator[Finding]:
    image_format = disk.file.facts.format
    if not disk.fast or image_format is None:
        return
    at, field, file = f"{disk.pointer}/is_quick_import", f"{disk.prefix}is_quick_import", disk.file.name
    if image_format not in FAST_FORMATS:
        yield kinds.FAST_FORMAT(at=at, field=field, file=file, format=image_format)
    elif image_format == "raw":
        name, bitmap = given.bitmap(disk)
        if bitmap is None or bitmap.head.size == 0:
            yield kinds.NO_BITMAP(at=at, field=field, file=file, bitmap=name)
