"""DiskFacts: what a disk image says about itself. What could not be read is None and has a finding that says why.

Sizes and offsets are bytes. The names are public surface (`imagedrop check --json`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Format = Literal["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"]
PartitionTable = Literal["gpt", "mbr", "none"]
Firmware = Literal["bios", "uefi"]


@dataclass(frozen=True, slots=True)
class Partition:
    """`type`: a well-known name (efi_system, microsoft_reserved, basic_data, recovery, ...), else the GPT type GUID in
    lower case or the MBR type as 0x07. `filesystem`: ntfs, fat12, fat16, fat32, exfat, refs, ext, bitlocker or None."""

    start: int
    size: int
    type: str
    filesystem: str | None = None


@dataclass(frozen=True, slots=True)
class WindowsFacts:
    """What the registry of the Windows inside says."""

    product_name: str | None = None
    edition: str | None = None
    build: int | None = None
    ubr: int | None = None
    display_version: str | None = None
    installation_type: str | None = None
    architecture: Literal["x86_64", "x86", "arm64"] | None = None
    drivers: dict[str, str] | None = None
    cloudbase_init: bool | None = None
    image_state: str | None = None
    os_version: str | None = None


@dataclass(frozen=True, slots=True)
class DiskFacts:
    format: Format | None = None
    variant: str | None = None
    virtual_size: int | None = None
    file_size: int | None = None
    partition_table: PartitionTable | None = None
    partitions: list[Partition] = field(default_factory=list)
    hw_firmware_type: Firmware | None = None
    bitlocker: bool | None = None
    ntfs_dirty: bool | None = None
    hibernated: bool | None = None
    windows: WindowsFacts | None = None

    def public(self) -> dict[str, Any]:
        return asdict(self)
