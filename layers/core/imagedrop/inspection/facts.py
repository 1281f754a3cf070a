"""DiskFacts: the facts that an inspection finds out. A fact that could not be read is None; a finding gives the reason.

Sizes and offsets are bytes. The field names are public (`imagedrop check --json`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Format = Literal["vhd", "vhdx", "vmdk", "qcow2", "qcow", "qed", "vdi", "raw", "zvhd2", "zvhd"]
PartitionTable = Literal["gpt", "mbr", "none"]
Filesystem = Literal["ntfs", "fat12", "fat16", "fat32", "exfat", "refs", "ext", "bitlocker"]
Firmware = Literal["bios", "uefi"]
Architecture = Literal["x86_64", "x86", "arm64"]


@dataclass(frozen=True)
class Partition:
    """`type`: a well-known name (efi_system, microsoft_reserved, basic_data, recovery, ...), else the GPT type GUID in
    lower case or the MBR type as 0x07."""

    start: int
    size: int
    type: str
    filesystem: Filesystem | None = None


@dataclass(frozen=True)
class WindowsFacts:
    """From the registry of the Windows installation."""

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


@dataclass(frozen=True)
class DiskFacts:
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
        """The facts as JSON, for `imagedrop check --json`."""
        return asdict(self)
