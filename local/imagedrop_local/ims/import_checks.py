"""What a running import finds wrong with its file (IMS: error codes; VHD FAQ; quick import)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imagedrop_local.ims.detect_format import DetectedFormat, detect
from imagedrop_local.ims.error_codes import MESSAGES
from imagedrop_local.ims.sources import bytes_per_gb, head
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.store import Store

MAX_DISK = {"system": 1024, "data": 2048}  # GB
PARSED = frozenset({"vmdk", "vhd", "qcow2", "raw", "vhdx", "qed", "vdi", "qcow", "zvhd2", "zvhd"})

TOO_SMALL = "外部镜像文件的系统盘容量大于用户设置的系统磁盘容量"  # the message of the real IMS (IMS FAQ: VHD capacity)


@dataclass(frozen=True)
class Failure:
    code: str
    reason: str


def failure(code: str, detail: str) -> Failure:
    return Failure(code, f"{MESSAGES.get(code, 'the import failed')}: {detail}")


class ImportChecks:
    """`part` is a job's record of one file: role, bucket, key, etag, min_disk, quick."""

    def __init__(self, store: Store, switches: ImsSwitches) -> None:
        self._store, self._switches = store, switches

    def at_start(self, part: dict[str, Any], iso: bool = False) -> Failure | None:
        """Reads the object, as IMS does at the start of the job."""
        change = self._changed(part)
        if change:
            return change
        try:
            with self._store.open(part["bucket"], part["key"]) as stream:
                detected = detect(stream, part["size"], part["key"], self._switches.ims_vhd_capacity)
        except StoreError as error:
            return failure("IMG.0057", str(error))
        part["disk_format"] = detected.format or "raw"
        return self._format(part, detected, iso) or self._quick(part, detected) or self._size(part, detected)

    def at_end(self, part: dict[str, Any]) -> Failure | None:
        """Fails if the object was replaced or deleted during the import."""
        if not self._switches.ims_deleted_fails and head(self._store, part["bucket"], part["key"]) is None:
            return None
        return self._changed(part)

    def _changed(self, part: dict[str, Any]) -> Failure | None:
        stored = head(self._store, part["bucket"], part["key"])
        if stored is None:
            return failure("IMG.0057", f"{part['key']} is gone")
        if stored.etag != part["etag"] and self._switches.ims_replaced_fails:
            return failure("IMG.1075", f"{part['key']} was replaced while it was imported")
        part["size"] = stored.size
        return None

    def _format(self, part: dict[str, Any], detected: DetectedFormat, iso: bool) -> Failure | None:
        if detected.problem:
            return failure(self._switches.ims_bad_file_code, f"{part['key']}: {detected.problem}")
        plain_data = detected.format is None and part["role"] == "data" and part["size"] % 512 == 0
        wanted = {"iso"} if iso and part["role"] == "system" else PARSED
        if not plain_data and detected.format not in wanted:
            return failure(self._switches.ims_bad_file_code, f"{part['key']}: {detected.format or 'nothing known'}")
        return None

    def _quick(self, part: dict[str, Any], detected: DetectedFormat) -> Failure | None:
        if not part["quick"] or detected.format == "zvhd2":
            return None
        if part["disk_format"] != "raw":
            return failure("IMG.0158", f"{part['key']} is {detected.format}")
        bitmap = self._bitmap(part["key"])
        stored = head(self._store, part["bucket"], bitmap)
        return None if stored and stored.size else failure("IMG.0158", f"{bitmap} is missing")

    def _bitmap(self, key: str) -> str:
        folder, slash, name = key.rpartition("/")
        stem = name.rpartition(".")[0] if self._switches.ims_bitmap_name == "stem" else name
        return f"{folder}{slash}{stem or name}.mf"

    def _size(self, part: dict[str, Any], detected: DetectedFormat) -> Failure | None:
        if detected.capacity is None:
            return None
        if not detected.capacity:
            return failure("IMG.0057", f"{part['key']} is a disk of 0 bytes")
        gb = bytes_per_gb(self._switches)
        largest = MAX_DISK[part["role"]]
        if detected.capacity > largest * gb:
            return failure("IMG.0111", f"{detected.capacity} bytes, at most {largest} GB")
        available = part["min_disk"] * gb
        required = detected.capacity // gb * gb if self._switches.ims_rounds_down else detected.capacity
        # Quick import requires min_disk to be larger than the disk (IMS API: quick import, min_disk).
        if required > available or (part["quick"] and required == available):
            detail = f"{detected.capacity} bytes, min_disk {part['min_disk']}"
            return Failure(self._switches.ims_small_disk_code, f"{TOO_SMALL} ({detail})")
        return None
