"""The facts that libyal finds, over a file object of ranged GETs: `python -m bench.peers.libyal_reader URL`.

Only the GPT is read here; libyal does all the rest.
"""

from __future__ import annotations

import io
import struct
import sys
import uuid
from typing import Any

import pyfsntfs
import pyqcow
import pyregf
import pyvhdi
import pyvmdk

from bench.peers.block_file import BlockFile
from bench.reader_process import print_cost

BASIC_DATA = uuid.UUID("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7").bytes_le
CONFIG = "\\Windows\\System32\\config\\"
Facts = dict[str, Any]


class View:
    """Bytes of another file from `start`, as a file object; `whole` reads like one of libyal's own."""

    def __init__(self, whole: Any, start: int, size: int) -> None:
        self._whole, self._start, self._size, self._at = whole, start, size, 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def get_size(self) -> int:
        return self._size

    def read(self, size: int) -> bytes:
        self._whole.seek(self._start + self._at)
        data: bytes = self._whole.read(max(0, min(size, self._size - self._at)))
        self._at += len(data)
        return data


def read(url: str) -> tuple[Facts, None]:
    disk = _disk(url)
    disk.seek(1024)
    entries = struct.iter_unpack("<16s16sQQQ72s", disk.read(16384))
    starts = [(kind, first * 512, (last + 1 - first) * 512) for kind, _, first, last, _, _ in entries if first]
    start, size = next((first, length) for kind, first, length in starts if kind == BASIC_DATA)
    volume = pyfsntfs.volume()
    volume.open_file_object(View(disk, start, size))
    windows = _product(_hive(volume, "SOFTWARE")) | {"drivers": _drivers(volume, _hive(volume, "SYSTEM"))}
    cloudbase = volume.get_file_entry_by_path("\\Program Files\\Cloudbase Solutions\\Cloudbase-Init")
    windows["cloudbase_init"] = cloudbase is not None
    return {"partitions": [first for _, first, _ in starts], "windows": windows}, None


def _disk(url: str) -> Any:
    file = BlockFile(url)
    if url.endswith("raw"):
        return file
    opened = {"vhd": pyvhdi.file, "vhdx": pyvhdi.file, "qcow2": pyqcow.file, "vmdk": pyvmdk.handle}
    disk = opened[url.rpartition(".")[2]]()
    disk.open_file_object(file)
    if url.endswith("vmdk"):
        disk.open_extent_data_files_as_file_objects([file])
    return disk


def _hive(volume: Any, name: str) -> Any:
    entry = volume.get_file_entry_by_path(CONFIG + name)
    hive = pyregf.file()
    hive.open_file_object(View(entry, 0, entry.get_size()))
    return hive


def _product(software: Any) -> Facts:
    key = software.get_key_by_path("Microsoft\\Windows NT\\CurrentVersion")
    values = {value.name: value for value in key.values}
    return {
        "product_name": values["ProductName"].get_data_as_string(),
        "edition": values["EditionID"].get_data_as_string(),
        "build": int(values["CurrentBuildNumber"].get_data_as_string()),
        "ubr": values["UBR"].get_data_as_integer(),
        "display_version": values["DisplayVersion"].get_data_as_string(),
        "installation_type": values["InstallationType"].get_data_as_string(),
    }


def _drivers(volume: Any, system: Any) -> Facts:
    starts = ("boot", "system", "auto", "manual", "disabled")
    services = {
        "viostor": "viostor",
        "vioscsi": "vioscsi",
        "netkvm": "netkvm",
        "balloon": "BALLOON",
        "vioser": "VirtioSerial",
    }
    found = {}
    for name, service in services.items():
        key = system.get_key_by_path(f"ControlSet001\\Services\\{service}")
        file = volume.get_file_entry_by_path(f"\\Windows\\System32\\drivers\\{name}.sys")
        start = key.get_value_by_name("Start").get_data_as_integer() if key and file else None
        found[name] = "absent" if start is None else starts[start]
    return found


if __name__ == "__main__":
    print_cost(lambda: read(sys.argv[1]))
