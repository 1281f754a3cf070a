"""The images that are changed: fixtures of the tests, and two Windows disks in every format that qemu-img writes.

They are unpacked into a folder and stay there: in memory they would count as the inspection's.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.crafted_disks import CRAFTED
from tests.fuzz.sources import OnDisk
from tests.matrix.formats import FORMATS, convert
from tests.unit.inspection.images import EXPECTED, fixture, has_zstd
from tests.unit.inspection.ntfs.volumes import VOLUMES as VOLUMES
from tests.unit.inspection.ntfs.volumes import volume_bytes
from tests.unit.inspection.windows.images import expected, windows_image

HOLE = bytes(64 * 1024)
PLAIN = (*EXPECTED, "gpt.raw", "mbr.raw", "fat12.raw", "fat32.raw")
CONVERTED = ("windows-11", "windows-7-x86")  # GPT and MBR
FIXTURES: dict[str, Callable[[], bytes]] = (  # without the caches of the tests, which would keep them in memory
    {name: lambda name=name: fixture.__wrapped__(name) for name in PLAIN}
    | CRAFTED
    | {f"{name}.ntfs": lambda name=name: volume_bytes.__wrapped__(name) for name in VOLUMES}
    | {f"{name}.qcow2": lambda name=name: windows_image.__wrapped__(name) for name in expected()}
)
CONVERSIONS = {f"{name} as {form}": (name, form) for name in CONVERTED for form in FORMATS}
NAMES = (*FIXTURES, *CONVERSIONS)


def file_name(name: str) -> str:
    """The file name of an image: its extension must fit the format."""
    if name in CONVERSIONS:
        windows, form = CONVERSIONS[name]
        return f"{windows}.{FORMATS[form].format}"
    return name.replace(".ntfs", ".raw")


def is_available(name: str) -> bool:
    return (name in FIXTURES or shutil.which("qemu-img") is not None) and ("zstd" not in name or has_zstd())


def image_file(name: str, folder: Path) -> OnDisk:
    path = folder / name.replace(" ", "-").replace(",", "")
    if not path.exists():
        if name in FIXTURES:
            _write(path, FIXTURES[name]())
        else:
            _convert(*CONVERSIONS[name], folder, path)
    return OnDisk(path)


def _convert(windows: str, form: str, folder: Path, path: Path) -> None:
    raw = folder / f"{windows}.raw"
    if not raw.exists():
        first = image_file(f"{windows}.qcow2", folder)
        _raw_of(folder / first.name, raw)
    convert(raw, FORMATS[form], path)


def _raw_of(image: Path, raw: Path) -> None:
    from samples.builder.commands import run

    run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", str(image), str(raw))


def _write(path: Path, data: bytes) -> None:
    """Leaves holes in the file where there are zeros."""
    with path.open("wb") as file:
        file.truncate(len(data))
        for at in range(0, len(data), len(HOLE)):
            piece = data[at : at + len(HOLE)]
            if piece != HOLE[: len(piece)]:
                file.seek(at)
                file.write(piece)
