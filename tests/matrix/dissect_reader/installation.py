"""An NTFS volume by dissect: its state, the Windows on it, and how its files are stored."""

from __future__ import annotations

import contextlib
from typing import Any

from dissect.ntfs import NTFS
from dissect.ntfs.c_ntfs import ATTRIBUTE_TYPE_CODE
from dissect.regf import RegistryHive
from dissect.regf.exceptions import RegistryKeyNotFoundError

STARTS = ("boot", "system", "auto", "manual", "disabled")
DRIVERS = {
    "viostor": "viostor",
    "vioscsi": "vioscsi",
    "netkvm": "netkvm",
    "balloon": "BALLOON",
    "vioser": "VirtioSerial",
}
MACHINES = {"AMD64": "x86_64", "x86": "x86", "ARM64": "arm64"}
CONFIG = "Windows/System32/config"
CLOUDBASE = "Program Files/Cloudbase Solutions/Cloudbase-Init"
WINDOWS_11 = 22000
COMPRESSED = 1  # flag of an attribute


def is_dirty(volume: NTFS) -> bool:
    information = volume.mft.get(3).attributes[ATTRIBUTE_TYPE_CODE.VOLUME_INFORMATION][0]
    return bool(information.data()[10] & 1)


def is_hibernated(volume: NTFS) -> bool:
    return content(volume, "hiberfil.sys")[:4] in (b"HIBR", b"hibr")


def windows(volume: NTFS) -> dict[str, Any] | None:
    hives = [record(volume, f"{CONFIG}/{name}") for name in ("SOFTWARE", "SYSTEM")]
    if None in hives:
        return None
    software, system = (RegistryHive(hive.open()) for hive in hives)
    product = values(software, "Microsoft\\Windows NT\\CurrentVersion")
    control_set = f"ControlSet{values(system, 'Select')['Current']:03}"
    environment = values(system, f"{control_set}\\Control\\Session Manager\\Environment")
    build, name = int(product["CurrentBuildNumber"]), product["ProductName"]
    client = product["InstallationType"] == "Client"
    return {
        "product_name": name.replace("Windows 10", "Windows 11") if client and build >= WINDOWS_11 else name,
        "edition": product["EditionID"],
        "build": build,
        "ubr": product.get("UBR"),
        "display_version": product.get("DisplayVersion", product.get("ReleaseId")),
        "installation_type": product["InstallationType"],
        "architecture": MACHINES[environment["PROCESSOR_ARCHITECTURE"]],
        "drivers": {driver: start(volume, system, control_set, driver) for driver in DRIVERS},
        "cloudbase_init": bool(record(volume, CLOUDBASE) or values(system, f"{control_set}\\Services\\cloudbase-init")),
        "image_state": image_state(volume, software),
    }


def start(volume: NTFS, system: RegistryHive, control_set: str, driver: str) -> str:
    number = values(system, f"{control_set}\\Services\\{DRIVERS[driver]}").get("Start")
    file = record(volume, f"Windows/System32/drivers/{driver}.sys")
    return STARTS[number] if file and number is not None else "absent"


def image_state(volume: NTFS, software: RegistryHive) -> str | None:
    state: str | None = values(software, "Microsoft\\Windows\\CurrentVersion\\Setup\\State").get("ImageState")
    if state is None:
        text = content(volume, "Windows/Setup/State/State.ini").decode("utf-16")
        state = next((line[11:] for line in text.splitlines() if line.startswith("ImageState=")), None)
    return state


def layout(volume: NTFS) -> dict[str, Any]:
    """How fragmented and compressed the files are."""
    hive = record(volume, f"{CONFIG}/SOFTWARE")
    flags = hive.attributes[ATTRIBUTE_TYPE_CODE.DATA][0].header.flags
    return {
        "cluster": volume.cluster_size,
        "hive_extents": len(hive.dataruns()),
        "hive_compressed": bool(flags & COMPRESSED),
        "attribute_list": ATTRIBUTE_TYPE_CODE.ATTRIBUTE_LIST in hive.attributes,
        "mft_extents": len(volume.mft.get(0).dataruns()),
    }


def record(volume: NTFS, path: str) -> Any:
    with contextlib.suppress(FileNotFoundError):
        return volume.mft.get(path)
    return None


def content(volume: NTFS, path: str) -> bytes:
    found = record(volume, path)
    return found.open().read() if found else b""


def values(hive: RegistryHive, path: str) -> dict[str, Any]:
    try:
        return {value.name: value.value for value in hive.open(path).values()}
    except RegistryKeyNotFoundError:
        return {}
