"""What a running import finds wrong with its file (IMS: error codes; VHD FAQ; quick import)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imagedrop_local.ims.detect_format import DetectedFormat, detect
from imagedrop_local.ims.error_codes import MESSAGES
from imagedrop_local.ims.sources import Store, bytes_per_gb, head
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.model import StoreError

MAX_DISK = {"system": 1024, "data": 2048}  # GB
PARSED = frozenset({"vmdk", "vhd", "qcow2", "raw", "vhdx", "qed", "vdi", "qcow", "zvhd2", "zvhd"})

TOO_SMALL = "外部镜像文件的系统盘容量大于用户设置的系统磁盘容量"  # IMS's own words (IMS FAQ: VHD capacity)


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
        """Reads the object, as IMS does when the job starts."""
        gone = self._changed(part)
        if gone:
            return gone
        try:
            with self._store.open(part["bucket"], part["key"]) as stream:
                verdict = detect(stream, part["size"], part["key"], self._switches.ims_vhd_capacity)
        except StoreError as error:
            return failure("IMG.0057", str(error))
        part["disk_format"] = verdict.format or "raw"
        return self._format(part, verdict, iso) or self._quick(part, verdict) or self._size(part, verdict)

    def at_end(self, part: dict[str, Any]) -> Failure | None:
        """Whether the object is still the one that the job was given, now that all of it has been read."""
        if not self._switches.ims_deleted_fails and head(self._store, part["bucket"], part["key"]) is None:
            return None
        return self._changed(part)

    def _changed(self, part: dict[str, Any]) -> Failure | None:
        held = head(self._store, part["bucket"], part["key"])
        if held is None:
            return failure("IMG.0057", f"{part['key']} is gone")
        if held.etag != part["etag"] and self._switches.ims_replaced_fails:
            return failure("IMG.1075", f"{part['key']} was replaced while it was imported")
        part["size"] = held.size
        return None

    def _format(self, part: dict[str, Any], verdict: DetectedFormat, iso: bool) -> Failure | None:
        if verdict.problem:
            return failure(self._switches.ims_bad_file_code, f"{part['key']}: {verdict.problem}")
        plain_data = verdict.format is None and part["role"] == "data" and part["size"] % 512 == 0
        wanted = {"iso"} if iso and part["role"] == "system" else PARSED
        if not plain_data and verdict.format not in wanted:
            return failure(self._switches.ims_bad_file_code, f"{part['key']}: {verdict.format or 'nothing known'}")
        return None

    def _quick(self, part: dict[str, Any], verdict: DetectedFormat) -> Failure | None:
        if not part["quick"] or verdict.format == "zvhd2":
            return None
        if part["disk_format"] != "raw":
            return failure("IMG.0158", f"{part['key']} is {verdict.format}")
        bitmap = self._bitmap(part["key"])
        held = head(self._store, part["bucket"], bitmap)
        return None if held and held.size else failure("IMG.0158", f"{bitmap} is missing")

    def _bitmap(self, key: str) -> str:
        folder, slash, name = key.rpartition("/")
        stem = name.rpartition(".")[0] if self._switches.ims_bitmap_name == "stem" else name
        return f"{folder}{slash}{stem or name}.mf"

    def _size(self, part: dict[str, Any], verdict: DetectedFormat) -> Failure | None:
        if verdict.capacity is None:
            return None
        if not verdict.capacity:
            return failure("IMG.0057", f"{part['key']} is a disk of 0 bytes")
        unit = bytes_per_gb(self._switches)
        most = MAX_DISK[part["role"]]
        if verdict.capacity > most * unit:
            return failure("IMG.0111", f"{verdict.capacity} bytes, at most {most} GB")
        room = part["min_disk"] * unit
        needs = verdict.capacity // unit * unit if self._switches.ims_rounds_down else verdict.capacity
        # Quick import wants room to spare (IMS API: quick import, min_disk).
        if needs > room or (part["quick"] and needs == room):
            detail = f"{verdict.capacity} bytes, min_disk {part['min_disk']}"
            return Failure(self._switches.ims_small_disk_code, f"{TOO_SMALL} ({detail})")
        return None
