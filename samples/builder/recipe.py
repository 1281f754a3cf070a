"""What an image is to be: the one input of the builder."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

MADE = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)  # every time stamp inside an image is this one
MIB = 1 << 20
SECTOR = 512

BOOT, SYSTEM, AUTO, MANUAL, DISABLED = range(5)  # values of a service's Start

Architecture = Literal["amd64", "x86", "arm64"]


def filetime(moment: datetime = MADE) -> int:
    """Units of 100 ns since 1601, as NTFS and the registry count."""
    return (int(moment.timestamp()) + 11_644_473_600) * 10_000_000


@dataclass(frozen=True, slots=True)
class Driver:
    """A kernel driver: its service key's name, its file in System32\\drivers, its Start and its load-order group."""

    service: str
    file: str
    start: int
    group: str


# Service names, files and start types: the .inx files of virtio-win.
DRIVERS = (
    Driver("viostor", "viostor.sys", BOOT, "SCSI miniport"),
    Driver("vioscsi", "vioscsi.sys", BOOT, "SCSI miniport"),
    Driver("netkvm", "netkvm.sys", MANUAL, "NDIS"),
    Driver("BALLOON", "balloon.sys", MANUAL, "Extended Base"),
    Driver("VirtioSerial", "vioser.sys", MANUAL, "Extended Base"),
    Driver("pvpanic", "pvpanic.sys", MANUAL, "Extended Base"),
)
# What every Windows brings along.
IN_THE_BOX = (
    Driver("disk", "disk.sys", BOOT, "SCSI Class"),
    Driver("Ntfs", "ntfs.sys", BOOT, "Boot File System"),
    Driver("partmgr", "partmgr.sys", BOOT, "Boot Bus Extender"),
    Driver("pci", "pci.sys", BOOT, "Boot Bus Extender"),
    Driver("storahci", "storahci.sys", BOOT, "SCSI Miniport"),
    Driver("stornvme", "stornvme.sys", BOOT, "SCSI Miniport"),
    Driver("volmgr", "volmgr.sys", BOOT, "System Bus Extender"),
)


@dataclass(frozen=True, slots=True)
class Windows:
    """The words with which a Windows names itself in its registry; the defaults are those of Server 2022 Datacenter.

    `version` is the kernel's; `shown_name` what it calls itself on its screens, where its registry says another name.
    A word that is empty, and a `ubr` of 0, has no value in the registry.
    """

    product_name: str = "Windows Server 2022 Datacenter"
    edition: str = "ServerDatacenter"
    build: int = 20348
    ubr: int = 3091
    display_version: str = "21H2"
    branch: str = "fe_release"
    installation_type: str = "Server"
    architecture: Architecture = "amd64"
    image_state: str = "IMAGE_STATE_COMPLETE"
    product_type: Literal["ServerNT", "WinNT"] = "ServerNT"
    fast_startup: bool = False
    version: str = "10.0"
    service_pack: str = ""
    release_id: str = ""
    computer_name: str = "WIN-SAMPLE"
    shown_name: str = ""


@dataclass(frozen=True, slots=True)
class Ntfs:
    """How the system's volume is laid out; paths are those of the tree.

    cluster     bytes, what `mkntfs -c` takes
    dirty       Windows is to check the volume when it starts
    compressed  directories in which every file is compressed (LZNT1)
    pieces      clusters that lie together in what is free, and so in every file; 0 for no limit
    mft_pieces  likewise where the MFT grows
    short_log   the 64 MiB of 0xFF in an empty $LogFile are left out of the image
    """

    cluster: int = 4096
    dirty: bool = False
    compressed: tuple[str, ...] = ()
    pieces: int = 0
    mft_pieces: int = 0
    short_log: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """`name` is the file's stem, `format` a key of `container.FORMATS`, `size_gib` the virtual disk's size.

    windows_mib        size of the system's volume, 0 for all that is left
    layout             which partitions there are: a key of `layout.LAYOUTS`
    beside             a second Windows, on a volume of its own
    bitlocker          the system's volume is encrypted: no more of it than the boot sector that says so
    driver_files       whether the drivers have files, or only services
    cloudbase_service  Start of its service, None for none; only where `cloudbase_init`, which means its files
    hibernation        how hiberfil.sys begins; empty for no such file
    state_in_registry  whether the registry says the image state too, not State.ini alone
    open_hives         files of System32\\config that were being written when the system stopped
    control_set        the one in use; where it is not the first, that one is there too, and wrong
    files, one_in      libraries in System32; of the other ordinary names, one in so many is there
    names              of further folders, files, services and keys
    capitals           every path is written so
    """

    name: str
    windows: Windows = field(default_factory=Windows)
    firmware: Literal["uefi", "bios"] = "uefi"
    format: str = "qcow2"
    size_gib: int = 40
    drivers: tuple[Driver, ...] = DRIVERS
    cloudbase_init: bool = True
    layout: str = "windows"
    windows_mib: int = 0
    ntfs: Ntfs = field(default_factory=Ntfs)
    beside: Windows | None = None
    bitlocker: bool = False
    driver_files: bool = True
    cloudbase_service: int | None = AUTO
    hibernation: bytes = b""
    state_in_registry: bool = True
    open_hives: tuple[str, ...] = ()
    control_set: int = 1
    files: int = 240
    one_in: int = 1
    names: tuple[str, ...] = ()
    capitals: bool = False

    @property
    def sectors(self) -> int:
        return self.size_gib * (1 << 30) // SECTOR

    @property
    def os_version(self) -> str:
        """As IMS spells it."""
        bits = 32 if self.windows.architecture == "x86" else 64
        return f"{self.windows.product_name} {bits}bit"

    def guid(self, what: str) -> uuid.UUID:
        """The same for the same recipe and purpose, and of no other meaning."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"imagedrop sample {self.name}: {what}")

    def serial(self, what: str) -> int:
        """64 bits, likewise."""
        return self.guid(what).int >> 64


SHIPPED = Recipe("windows-server-2022")
