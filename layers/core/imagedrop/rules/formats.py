"""The file's format. Which variants IMS takes is the inspection's to say, since it has read them.

IMS wants a VMDK to be exported by VMware's tools (IMS: preparing an image file), which no header proves.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.rule_input import Disk

AS_QEMU_WRITES = "monolithicSparse"  # by default; an export of VMware's is streamOptimized


def of_disk(disk: Disk) -> Iterator[Finding]:
    if disk.subject.facts.format is None and not disk.subject.broken:
        yield say.FORMAT_UNKNOWN(at=disk.file, file=disk.subject.name)
    if disk.subject.facts.format == "vmdk" and disk.subject.facts.variant == AS_QEMU_WRITES:
        yield say.VMDK_ORIGIN(at=disk.file if disk.at else None, file=shlex.quote(disk.subject.name))
