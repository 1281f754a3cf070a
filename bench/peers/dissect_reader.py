"""The facts that dissect finds, over a file object of ranged GETs: `python -m bench.peers.dissect_reader URL`.

Each directory, hive and key is opened once, and dissect's caches are used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from dissect.fat import FATFS
from dissect.hypervisor.disk.qcow2 import QCow2
from dissect.hypervisor.disk.vdi import VDI
from dissect.hypervisor.disk.vhd import VHD
from dissect.hypervisor.disk.vhdx import VHDX
from dissect.hypervisor.disk.vmdk import VMDK
from dissect.ntfs import NTFS
from dissect.ntfs.c_ntfs import ATTRIBUTE_TYPE_CODE
from dissect.ntfs.mft import MftRecord
from dissect.regf import RegistryHive
from dissect.regf.exceptions import RegistryKeyNotFoundError
from dissect.volume.disk import Disk

from bench.peers.block_file import BlockFile
from bench.peers.old_qemu import Qcow, Qed
from bench.reader_process import print_cost

OPEN: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    "raw": lambda file: file,
    "vhd": VHD,
    "vhdx": VHDX,
    "vmdk": VMDK,
    "qcow2": lambda file: QCow2(file).open(),
    "vdi": lambda file: VDI(file).open(),
    "qed": Qed,
    "qcow": Qcow,
}
STARTS = ("boot", "system", "auto", "manual", "disabled")
SERVICES = {
    "viostor": "viostor",
    "vioscsi": "vioscsi",
    "netkvm": "netkvm",
    "balloon": "BALLOON",
    "vioser": "VirtioSerial",
}
MACHINES = {"AMD64": "x86_64", "x86": "x86", "ARM64": "arm64"}
EFI_SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
VOLUME, DIRTY = 3, 1  # record of $Volume, flag of its $VOLUME_INFORMATION
Facts = dict[str, Any]


def read(url: str) -> tuple[Facts, None]:
    file: Any = BlockFile(url)
    disk = Disk(OPEN[url.rpartition(".")[2]](file))
    heads = [part.open().read(512) for part in disk.partitions]
    esp = [FATFS(part.open()) for part in disk.partitions if str(part.type) == EFI_SYSTEM]
    facts: Facts = {
        "partition_table": type(disk.scheme).__name__.lower(),
        "partitions": [part.offset for part in disk.partitions],
        "bitlocker": any(head[3:11] == b"-FVE-FS-" for head in heads),
        "hw_firmware_type": "uefi" if esp else "bios",
    }
    for volume in esp:
        volume.get("EFI/Microsoft/Boot/bootmgfw.efi")
        facts["boot"] = [child.name.lower() for child in volume.get("EFI/Boot").iterdir()]
    for part, head in zip(disk.partitions, heads, strict=True):
        if head[3:11] == b"NTFS    ":
            facts |= _windows(NTFS(part.open()))
    return facts, None


def _windows(volume: NTFS) -> Facts:
    """Empty if there is no Windows."""
    top = volume.mft.root
    try:
        system32 = top.get("Windows/System32")
        config = system32.get("config")
    except FileNotFoundError:
        return {}
    system = RegistryHive(config.get("SYSTEM").open())
    (information,) = volume.mft.get(VOLUME).attributes[ATTRIBUTE_TYPE_CODE.VOLUME_INFORMATION]
    state, services = _state(system)
    hibernation = _child(top, "hiberfil.sys")
    windows = _product(RegistryHive(config.get("SOFTWARE").open())) | state
    windows["drivers"] = _drivers(services, system32.get("drivers"))
    windows["cloudbase_init"] = _child(top, "Program Files/Cloudbase Solutions/Cloudbase-Init") is not None
    return {
        "ntfs_dirty": bool(information.data()[10] & DIRTY),
        "hibernated": hibernation is not None and hibernation.open().read(4).upper() == b"HIBR",
        "windows": windows,
    }


def _product(software: RegistryHive) -> Facts:
    microsoft = software.open("Microsoft")
    found = _values(microsoft.subkey("Windows NT").subkey("CurrentVersion"))
    state = microsoft.subkey("Windows").subkey("CurrentVersion").subkey("Setup").subkey("State")
    return {
        "product_name": found["ProductName"],
        "edition": found["EditionID"],
        "build": int(found["CurrentBuildNumber"]),
        "ubr": found["UBR"],
        "display_version": found["DisplayVersion"],
        "installation_type": found["InstallationType"],
        "image_state": _values(state)["ImageState"],
    }


def _state(system: RegistryHive) -> tuple[Facts, Any]:
    current = system.open(f"ControlSet{system.open('Select').value('Current').value:03}")
    manager = current.subkey("Control").subkey("Session Manager")
    manager.subkey("Power").value("HiberbootEnabled")
    machine = manager.subkey("Environment").value("PROCESSOR_ARCHITECTURE").value
    return {"architecture": MACHINES[machine]}, current.subkey("Services")


def _drivers(services: Any, folder: MftRecord) -> Facts:
    states = {}
    for name, service in SERVICES.items():
        try:
            start = services.subkey(service).value("Start").value
        except RegistryKeyNotFoundError:
            start = None
        has_file = _child(folder, f"{name}.sys") is not None
        states[name] = STARTS[start] if has_file and start is not None else "absent"
    return states


def _values(key: Any) -> Facts:
    return {value.name: value.value for value in key.values()}


def _child(folder: MftRecord, path: str) -> MftRecord | None:
    try:
        return folder.get(path)
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    print_cost(lambda: read(sys.argv[1]))
