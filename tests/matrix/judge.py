"""What dissect says of images. Runs by itself, with the Python in which requirements/judges.txt is installed.

Reads lines of JSON `{"image": path, "format": name}`; answers each with a line: the facts, or `{"error": text}`. Nothing of
imagedrop is imported here, and dissect (AGPL) nowhere else.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from dissect.fat import FATFS
from dissect.hypervisor.disk.qcow2 import QCow2
from dissect.hypervisor.disk.vdi import VDI
from dissect.hypervisor.disk.vhd import VHD
from dissect.hypervisor.disk.vhdx import VHDX
from dissect.hypervisor.disk.vmdk import VMDK
from dissect.ntfs import NTFS
from dissect.ntfs.c_ntfs import ATTRIBUTE_TYPE_CODE
from dissect.regf import RegistryHive
from dissect.volume.disk import Disk
from dissect.volume.disk.schemes import GPT

OPEN: dict[str, Any] = {
    "raw": lambda file: file,
    "vhd": VHD,
    "vhdx": VHDX,
    "vmdk": VMDK,
    "vdi": lambda file: VDI(file).open(),
    "qcow2": lambda file: QCow2(file).open(),
}
STARTS = ("boot", "system", "auto", "manual", "disabled")
DRIVERS = {"viostor": "viostor", "vioscsi": "vioscsi", "netkvm": "netkvm", "balloon": "BALLOON", "vioser": "VirtioSerial"}
MACHINES = {"AMD64": "x86_64", "x86": "x86", "ARM64": "arm64"}
CONFIG = "Windows/System32/config"
CLOUDBASE = "Program Files/Cloudbase Solutions/Cloudbase-Init"
WINDOWS_11 = 22000
COMPRESSED = 1  # flag of an attribute


class Anonymous:
    """A file without a name, so that nothing beside it is opened."""

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell, self.close = file.read, file.seek, file.tell, file.close


def judge(image: Path, form: str) -> dict[str, Any]:
    with image.open("rb") as file:
        disk = OPEN[form](Anonymous(file))
        parts = list(partitions(disk))
        volumes = [volume for part in parts if (volume := ntfs(disk, part["start"]))]
        systems = [found for volume in volumes if (found := windows(volume))]
        return {
            "partitions": parts,
            "ntfs_dirty": any(dirty(volume) for volume in volumes) if volumes else None,
            "hibernated": any(content(volume, "hiberfil.sys")[:4] in (b"HIBR", b"hibr") for volume in volumes)
            if volumes
            else None,
            "windows": systems[0] if systems else None,
            "how_many_windows": len(systems),
            "layout": [laid_out(volume) for volume in volumes if windows(volume)],
        }


def partitions(disk: Any) -> Iterator[dict[str, Any]]:
    """dissect leaves a GPT partition's last sector out."""
    try:
        found = Disk(disk)
    except Exception:  # an unpartitioned disk
        return
    for part in found.partitions:
        size = part.size + (512 if isinstance(found.scheme, GPT) else 0)
        yield {"start": part.offset, "size": size, "filesystem": filesystem(disk, part.offset)}


def filesystem(disk: Any, start: int) -> str | None:
    """Only those that dissect was asked to install readers for."""
    disk.seek(start)
    if disk.read(11)[3:] == b"-FVE-FS-":
        return "bitlocker"
    if ntfs(disk, start):
        return "ntfs"
    with contextlib.suppress(Exception):
        return {12: "fat12", 16: "fat16", 32: "fat32"}[FATFS(Part(disk, start)).type.value]
    return None


class Part:
    """A disk from one of its bytes on."""

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


def record(volume: NTFS, path: str) -> Any:
    with contextlib.suppress(FileNotFoundError):
        return volume.mft.get(path)
    return None


def content(volume: NTFS, path: str) -> bytes:
    found = record(volume, path)
    return found.open().read() if found else b""


def dirty(volume: NTFS) -> bool:
    information = volume.mft.get(3).attributes[ATTRIBUTE_TYPE_CODE.VOLUME_INFORMATION][0]
    return bool(information.data()[10] & 1)


def values(hive: RegistryHive, path: str) -> dict[str, Any]:
    try:
        return {one.name: one.value for one in hive.open(path).values()}
    except Exception:  # dissect's own for a key that is not there
        return {}


def windows(volume: NTFS) -> dict[str, Any] | None:
    hives = [record(volume, f"{CONFIG}/{name}") for name in ("SOFTWARE", "SYSTEM")]
    if None in hives:
        return None
    software, system = (RegistryHive(hive.open()) for hive in hives)
    said = values(software, "Microsoft\\Windows NT\\CurrentVersion")
    control_set = f"ControlSet{values(system, 'Select')['Current']:03}"
    environment = values(system, f"{control_set}\\Control\\Session Manager\\Environment")
    build, name = int(said["CurrentBuildNumber"]), said["ProductName"]
    client = said["InstallationType"] == "Client"
    return {
        "product_name": name.replace("Windows 10", "Windows 11") if client and build >= WINDOWS_11 else name,
        "edition": said["EditionID"],
        "build": build,
        "ubr": said.get("UBR"),
        "display_version": said.get("DisplayVersion", said.get("ReleaseId")),
        "installation_type": said["InstallationType"],
        "architecture": MACHINES[environment["PROCESSOR_ARCHITECTURE"]],
        "drivers": {one: start(volume, system, control_set, one) for one in DRIVERS},
        "cloudbase_init": bool(
            record(volume, CLOUDBASE) or values(system, f"{control_set}\\Services\\cloudbase-init")
        ),
        "image_state": image_state(volume, software),
    }


def start(volume: NTFS, system: RegistryHive, control_set: str, driver: str) -> str:
    number = values(system, f"{control_set}\\Services\\{DRIVERS[driver]}").get("Start")
    there = record(volume, f"Windows/System32/drivers/{driver}.sys")
    return STARTS[number] if there and number is not None else "absent"


def image_state(volume: NTFS, software: RegistryHive) -> str | None:
    said: str | None = values(software, "Microsoft\\Windows\\CurrentVersion\\Setup\\State").get("ImageState")
    if said is None:
        text = content(volume, "Windows/Setup/State/State.ini").decode("utf-16")
        said = next((line[11:] for line in text.splitlines() if line.startswith("ImageState=")), None)
    return said


def laid_out(volume: NTFS) -> dict[str, Any]:
    """That the volume is as hard to read as its recipe wants it."""
    hive = record(volume, f"{CONFIG}/SOFTWARE")
    flags = hive.attributes[ATTRIBUTE_TYPE_CODE.DATA][0].header.flags
    return {
        "cluster": volume.cluster_size,
        "hive_extents": len(hive.dataruns()),
        "hive_compressed": bool(flags & COMPRESSED),
        "attribute_list": ATTRIBUTE_TYPE_CODE.ATTRIBUTE_LIST in hive.attributes,
        "mft_extents": len(volume.mft.get(0).dataruns()),
    }


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = judge(Path(asked["image"]), asked["format"])
        except Exception as error:  # whatever it is, it is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
