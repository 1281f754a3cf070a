"""Converts a raw disk to a file format with qemu-img."""

from __future__ import annotations

from pathlib import Path

from samples.builder.commands import run

# name -> (suffix, options of qemu-img convert)
FORMATS: dict[str, tuple[str, list[str]]] = {
    "qcow2": ("qcow2", ["-O", "qcow2", "-c", "-o", "compat=1.1,lazy_refcounts=off"]),
    "qcow2-zstd": ("qcow2", ["-O", "qcow2", "-c", "-o", "compression_type=zstd"]),
    "qcow2-plain": ("qcow2", ["-O", "qcow2"]),
    "qcow": ("qcow", ["-O", "qcow"]),
    "qed": ("qed", ["-O", "qed"]),
    "raw": ("raw", ["-O", "raw"]),
    "vdi": ("vdi", ["-O", "vdi"]),
    "vhd": ("vhd", ["-O", "vpc", "-o", "subformat=dynamic,force_size=on"]),
    "vhd-fixed": ("vhd", ["-O", "vpc", "-o", "subformat=fixed,force_size=on"]),
    "vhdx": ("vhdx", ["-O", "vhdx"]),
    "vmdk": ("vmdk", ["-O", "vmdk", "-o", "subformat=monolithicSparse"]),
    "vmdk-stream": ("vmdk", ["-O", "vmdk", "-o", "subformat=streamOptimized"]),
}


def convert(disk: Path, form: str, image: Path) -> None:
    """Converts the raw `disk` to `image`. `form`: a key of FORMATS.

    qemu-img uses one worker (-m 1), so that the order of clusters is always the same.
    """
    run("qemu-img", "convert", "-m", "1", "-f", "raw", *FORMATS[form][1], str(disk), str(image))
