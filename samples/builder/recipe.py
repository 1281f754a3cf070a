"""The description of an image: the input of the builder."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

MADE = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)  # every time inside an image
MIB = 1 << 20
SECTOR = 512

BOOT, SYSTEM, AUTO, MANUAL, DISABLED = range(5)  # values of a service's Start

Architecture = Literal["amd64", "x86", "arm64"]


def filetime(time: datetime = MADE) -> int:
    """In units of 100 ns since 1601, as in NTFS and the registry."""
    return (int(time.timestamp()) + 11_644_473_600) * 10_000_000


@dataclass(frozen=True, slots=True)
class Driver:
    """A kernel driver: name of its service key, file in System32\\drivers, Start and load-order group."""

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
# Drivers of every Windows.
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
    """Values in the registry of Windows; the defaults are those of Server 2022 Datacenter.

    `version`: of the kernel. `shown_name`: the name that users see, if the registry has another one.
    Empty strings and a `ubr` of 0 are not written.
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
    """Properties of the system volume; paths are those of the tree.

    cluster     bytes, what `mkntfs -c` takes
    dirty       the dirty flag is set
    compressed  directories in which every file is compressed (LZNT1)
    pieces      most contiguous clusters in free space, and so in every file; 0: no limit
    mft_pieces  the same where the MFT grows
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
    """`name`: file name without suffix. `format`: a key of `container.FORMATS`. `size_gib`: size of the virtual disk.

    windows_mib        size of the system volume, 0: all space that is left
    layout             a key of `layout.LAYOUTS`
    beside             a second Windows, on its own volume
    bitlocker          the system volume is encrypted: only its boot sector is written
    driver_files       whether the drivers have files, or only services
    cloudbase_service  Start of its service, None: no service; used only with `cloudbase_init`, which adds the files
    hibernation        first bytes of hiberfil.sys; empty: no such file
    state_in_registry  whether the registry has the image state too, not only State.ini
    open_hives         files of System32\\config that were being written when the system stopped
    control_set        number of the one in use; if it is not 1, number 1 exists with wrong values
    files, one_in      number of libraries in System32; divisor of the number of other ordinary names
    names              names of additional folders, files, services and keys
    capitals           all paths are in capitals
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
        """In IMS's spelling."""
        bits = 32 if self.windows.architecture == "x86" else 64
        return f"{self.windows.product_name} {bits}bit"

    def guid(self, purpose: str) -> uuid.UUID:
        """Always the same for the same recipe name and purpose."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"imagedrop sample {self.name}: {purpose}")

    def serial(self, purpose: str) -> int:
        """64 bits, always the same for the same recipe name and purpose."""
        return self.guid(purpose).int >> 64


SHIPPED = Recipe("windows-server-2022")
