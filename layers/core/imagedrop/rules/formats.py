"""The file's format. Which variants IMS takes is the inspection's to say, since it has read them."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.case import Disk


def of_disk(disk: Disk) -> Iterator[Finding]:
    if disk.subject.facts.format is None and not disk.subject.broken:
        yield say.FORMAT_UNKNOWN(at=disk.file, file=disk.subject.name)
