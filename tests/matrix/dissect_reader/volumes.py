"""Virtual disks, partitions and filesystems, by dissect."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from dissect.fat import FATFS
from dissect.hypervisor.disk.qcow2 import QCow2
from dissect.hypervisor.disk.vdi import VDI
from dissect.hypervisor.disk.vhd import VHD
from dissect.hypervisor.disk.vhdx import VHDX
from dissect.hypervisor.disk.vmdk import VMDK
from dissect.ntfs import NTFS
from dissect.volume.disk import Disk
from dissect.volume.disk.schemes import GPT
from dissect.volume.exceptions import DiskError

OPEN: dict[str, Any] = {
    "raw": lambda file: file,
    "vhd": VHD,
    "vhdx": VHDX,
    "vmdk": VMDK,
    "vdi": lambda file: VDI(file).open(),
    "qcow2": lambda file: QCow2(file).open(),
}


class Anonymous:
    """A file without a name, so that nothing beside it is opened."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell, self.close = file.read, file.seek, file.tell, file.close


def partitions(disk: Any) -> Iterator[dict[str, Any]]:
    """dissect reports GPT partitions one sector too short."""
    try:
        found = Disk(disk)
    except DiskError:  # an unpartitioned disk
        return
    for part in found.partitions:
        size = part.size + (512 if isinstance(found.scheme, GPT) else 0)
        yield {"start": part.offset, "size": size, "filesystem": filesystem(disk, part.offset)}


def filesystem(disk: Any, start: int) -> str | None:
    """Only those that requirements/matrix.txt has readers for."""
    disk.seek(start)
    if disk.read(11)[3:] == b"-FVE-FS-":
        return "bitlocker"
    if ntfs(disk, start):
        return "ntfs"
    with contextlib.suppress(Exception):
        return str(FATFS(Part(disk, start)).type.name).lower()
    return None


class Part:
    """A disk from byte `start` on."""

    def __init__(self, disk: Any, start: int) -> None:
        self._disk, self._start, self._at = disk, start, 0

    def seek(self, at: int, whence: int = 0) -> int:
        self._at = at + (self._at if whence == 1 else 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int = -1) -> bytes:
        self._disk.seek(self._start + self._at)
        data: bytes = self._disk.read(length)
        self._at += len(data)
        return data


def ntfs(disk: Any, start: int) -> NTFS | None:
    with contextlib.suppress(Exception):
        return NTFS(Part(disk, start))
    return None
