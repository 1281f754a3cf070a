"""Signatures of files that are dropped by mistake: their first (or last) bytes."""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import Kind
from imagedrop.findings import inspection as kinds


class Signature(NamedTuple):
    """`command` fixes it; `{file}` and `{plain}` (the name without `extension`) are filled in."""

    offset: int  # negative: from the end
    magic: bytes
    kind: Kind
    name: str = ""
    command: str = ""
    extension: str = ""


def _compressed(offset: int, magic: bytes, name: str, command: str, extension: str) -> Signature:
    return Signature(offset, magic, kinds.COMPRESSED_WRAPPER, name, command, extension)


def _other(offset: int, magic: bytes, name: str, command: str) -> Signature:
    return Signature(offset, magic, kinds.OTHER_FORMAT, name, command)


SIGNATURES = (
    _compressed(0, b"\x1f\x8b", "gzip", "gzip -dc {file} > {plain}", ".gz"),
    _compressed(0, b"\xfd7zXZ\0", "xz", "xz -dc {file} > {plain}", ".xz"),
    _compressed(0, b"BZh", "bzip2", "bzip2 -dc {file} > {plain}", ".bz2"),
    _compressed(0, b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc {file} > {plain}", ".zst"),
    _compressed(0, b"\x04\x22\x4d\x18", "lz4", "lz4 -dc {file} > {plain}", ".lz4"),
    _compressed(0, b"PK\x03\x04", "zip", "unzip {file}", ".zip"),
    _compressed(0, b"PK\x05\x06", "zip", "unzip -l {file}", ".zip"),
    _compressed(0, b"7z\xbc\xaf\x27\x1c", "7z", "7z x {file}", ".7z"),
    _compressed(0, b"Rar!\x1a\x07", "RAR", "unrar x {file}", ".rar"),
    _compressed(0, b"MSCF\0\0\0\0", "CAB", "cabextract {file}", ".cab"),
    _compressed(257, b"ustar", "tar, OVA", "tar -xf {file}", ".ova"),
    Signature(0x8001, b"CD001", kinds.ISO),
    Signature(0x8001, b"BEA01", kinds.ISO),
    _other(0, b"MSWIM\0\0\0", "WIM", "wimapply {file} 1 /dev/<partition of a new disk>"),
    _other(-512, b"koly", "Apple dmg", "qemu-img convert -f dmg -O qcow2 {file} disk.qcow2"),
    _other(0, b"WithoutFreeSpace", "Parallels", "qemu-img convert -f parallels -O qcow2 {file} disk.qcow2"),
    _other(0, b"WithouFreSpacExt", "Parallels", "qemu-img convert -f parallels -O qcow2 {file} disk.qcow2"),
    _other(0, b"EVF\x09\x0d\x0a\xff\0", "EnCase E01", "ewfexport -f raw -t disk {file}"),
    _other(0, b"COWD", "VMware COWD", "qemu-img convert -f vmdk -O qcow2 {file} disk.qcow2"),
    _other(0, b"\xbe\xba\xfe\xca\0\0\0\0", "VMware SEsparse", "vmkfstools -i {file} -d thin whole.vmdk"),
    Signature(0, b"LUKS\xba\xbe", kinds.ENCRYPTED_CONTAINER, "LUKS"),
)
