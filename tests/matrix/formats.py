"""The formats of the matrix: how qemu-img writes them, and what imagedrop calls them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samples.builder.commands import CommandFailed, run


@dataclass(frozen=True, slots=True)
class Format:
    """`options`: of `qemu-img convert -O`; `format`, `variant`: as imagedrop names them.

    `in_dissect`: dissect reads it. It has no reader of qcow and QED, and does not end with extended L2 entries.
    """

    options: str
    format: str
    variant: str | None
    in_dissect: bool = True


FORMATS = {
    "raw": Format("raw", "raw", "flat"),
    "vhd fixed": Format("vpc -o subformat=fixed", "vhd", "fixed"),
    "vhd dynamic": Format("vpc", "vhd", "dynamic"),
    "vhd fixed, force_size": Format("vpc -o subformat=fixed,force_size=on", "vhd", "fixed"),
    "vhd dynamic, force_size": Format("vpc -o force_size=on", "vhd", "dynamic"),
    "vhdx dynamic": Format("vhdx", "vhdx", "dynamic"),
    "vhdx fixed": Format("vhdx -o subformat=fixed", "vhdx", "fixed"),
    "vmdk monolithicSparse": Format("vmdk", "vmdk", "monolithicSparse"),
    "vmdk streamOptimized": Format("vmdk -o subformat=streamOptimized", "vmdk", "streamOptimized"),
    "qcow2 v2": Format("qcow2 -o compat=0.10", "qcow2", "v2"),
    "qcow2 v3": Format("qcow2", "qcow2", "v3"),
    "qcow2 zlib": Format("qcow2 -c", "qcow2", "v3"),
    "qcow2 zstd": Format("qcow2 -c -o compression_type=zstd", "qcow2", "v3"),
    "qcow2 512 B": Format("qcow2 -o cluster_size=512", "qcow2", "v3"),
    "qcow2 2 MiB": Format("qcow2 -o cluster_size=2M", "qcow2", "v3"),
    "qcow2 extended L2": Format("qcow2 -o extended_l2=on,cluster_size=32k", "qcow2", "v3", in_dissect=False),
    "qcow2 extended L2, zlib": Format("qcow2 -c -o extended_l2=on,cluster_size=16k", "qcow2", "v3", in_dissect=False),
    "qcow": Format("qcow", "qcow", "v1", in_dissect=False),
    "qcow zlib": Format("qcow -c", "qcow", "v1", in_dissect=False),
    "qed": Format("qed", "qed", "v1", in_dissect=False),
    "vdi dynamic": Format("vdi", "vdi", "dynamic"),
    "vdi static": Format("vdi -o static=on", "vdi", "static"),
}


def convert(raw: Path, form: Format, image: Path) -> None:
    """`qemu-img convert -c -O qcow` exits with 1 though it succeeds."""
    command = ["qemu-img", "convert", "-f", "raw", *f"-O {form.options}".split(), str(raw), str(image)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode and form.options != "qcow -c":
        raise CommandFailed(f"{' '.join(command)}: {done.stderr.strip()}")


def size_by_qemu(image: Path, form: Format) -> int:
    """The virtual size in bytes. The format is given: qemu-img would take a fixed VHD for raw."""
    information: dict[str, Any] = json.loads(
        run("qemu-img", "info", "--output=json", "-f", form.options.split()[0], str(image))
    )
    return int(information["virtual-size"])
