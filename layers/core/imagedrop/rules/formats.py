"""The format of a file. Whether IMS accepts its variant is reported by the inspection.

IMS accepts only VMDK files exported by VMware tools (IMS: preparing an image file), which no header proves.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import Disk

QEMU_VMDK_VARIANT = "monolithicSparse"  # the default of qemu-img; VMware exports streamOptimized


def check_disk(disk: Disk) -> Iterator[Finding]:
    facts, name = disk.file.facts, disk.file.name
    if facts.format is None and not disk.file.broken:
        yield kinds.FORMAT_UNKNOWN(at=disk.field, file=name)
    if facts.format == "vmdk" and facts.variant == QEMU_VMDK_VARIANT:
        yield kinds.VMDK_ORIGIN(at=disk.field if disk.pointer else None, file=shlex.quote(name))
