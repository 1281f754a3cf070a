"""DiskFacts: what a disk image says about itself. What could not be read is None and has a finding that says why.

Sizes and offsets are bytes. The names are public surface (`imagedrop check --json`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

Format = Literal["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"]
PartitionTable = Literal["gpt", "mbr", "none"]
Firmware = Literal["bios", "uefi"]
Architecture = Literal["x86_64", "x86", "arm64"]


class Partition(NamedTuple):
    """`type`: a well-known name (efi_system, microsoft_reserved, basic_data, recovery, ...), else the GPT type GUID in
    lower case or the MBR type as 0x07. `filesystem`: ntfs, fat12, fat16, fat32, exfat, refs, ext, bitlocker or None."""

    start: int
    size: int
    type: str
    filesystem: str | None = None


class WindowsFacts(NamedTuple):
    """What the registry of the Windows inside says."""

    product_name: str | None = None
    edition: str | None = None
    build: int | None = None
    ubr: int | None = None
    display_version: str | None = None
    installation_type: str | None = None
    architecture: Architecture | None = None
    drivers: dict[str, str] | None = None
    cloudbase_init: bool | None = None
    image_state: str | None = None
    os_version: str | None = None


class DiskFacts(NamedTuple):
    format: Format | None = None
    variant: str | None = None
    virtual_size: int | None = None
    file_size: int | None = None
    partition_table: PartitionTable | None = None
    partitions: Sequence[Partition] = ()
    hw_firmware_type: Firmware | None = None
    bitlocker: bool | None = None
    ntfs_dirty: bool | None = None
    hibernated: bool | None = None
    windows: WindowsFacts | None = None

    def public(self) -> dict[str, Any]:
        partitions = [one._asdict() for one in self.partitions]
        windows = self.windows._asdict() if self.windows else None
        return self._asdict() | {"partitions": partitions, "windows": windows}
