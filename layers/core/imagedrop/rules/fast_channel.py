"""The fast channel (is_quick_import): raw with its bitmap file beside it, or zvhd2 (IMS: quick import, IMG.0158)."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.rule_input import Disk, RuleInput
from imagedrop.rules.size import FAST_FORMATS


def check(case: RuleInput) -> Iterator[Finding]:
    yield from of_disk(case, case.system())
    if case.fast and case.sidecar.cmk_id:
        yield say.FAST_ENCRYPTED(at="/cmk_id")


def of_disk(case: RuleInput, disk: Disk) -> Iterator[Finding]:
    shape = disk.subject.facts.format
    if not disk.fast or shape is None:
        return
    at, field, file = f"{disk.at}/is_quick_import", f"{disk.spoken}is_quick_import", disk.subject.name
    if shape not in FAST_FORMATS:
        yield say.FAST_FORMAT(at=at, field=field, file=file, format=shape)
    elif shape == "raw":
        name, bitmap = case.bitmap(disk)
        if bitmap is None or bitmap.head.size == 0:
            yield say.NO_BITMAP(at=at, field=field, file=file, bitmap=name)
