"""An NTFS volume: mkntfs makes it, ntfs-3g fills it, and then its serial number and times are set."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samples.builder import ntfs_finish
from samples.builder.commands import CommandFailed, run
from samples.builder.fat_names import short_names
from samples.builder.recipe import SECTOR
from samples.builder.tree import Directory, Tree, nested

SERIAL = 0x48  # boot sector: volume serial number
PATIENCE = 10.0  # seconds for a mount to appear
DOS_NAME = "system.ntfs_dos_name"


def make(path: Path, tree: Tree, label: str, serial: int, start: int) -> None:
    """Formats the file `path`, of the volume's size, and fills it. `start` is the volume's first sector on the disk."""
    geometry = ["-s", "512", "-c", "4096", "-p", str(start), "-H", "255", "-S", "63"]
    run("mkntfs", "--quiet", "--quick", "--force", "--zero-time", "-L", label, *geometry, str(path))
    begun = time.time()
    with mounted(path) as root:
        _fill(root, nested(tree))
    with path.open("r+b") as file:
        for sector in (0, path.stat().st_size // SECTOR - 1):
            os.pwrite(file.fileno(), struct.pack("<Q", serial), sector * SECTOR + SERIAL)
        ntfs_finish.finish(file.fileno(), begun, time.time())


@contextmanager
def mounted(path: Path) -> Iterator[Path]:
    """The directory where the volume is; when it ends, everything is on disk and the volume is clean."""
    root = path.with_suffix(".mount")
    root.mkdir()
    command = ["ntfs-3g", "-o", "no_detach,noatime,windows_names", str(path), str(root)]
    driver = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        _await(driver, root)
        yield root
    finally:
        if root.is_mount():
            run("umount", str(root))
        else:
            driver.terminate()
        driver.communicate()
        root.rmdir()


def _await(driver: subprocess.Popen[str], root: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not root.is_mount():
        if driver.poll() is not None or time.monotonic() > deadline:
            said = driver.stderr.read() if driver.stderr and driver.poll() is not None else "nothing"
            raise CommandFailed(f"ntfs-3g did not mount (is this root, and is there /dev/fuse?); it said: {said}")
        time.sleep(0.01)


def _fill(folder: Path, content: Directory) -> None:
    """Each thing gets its 8.3 name, as Windows gives it, while it is new: with equal times the order of the two names
    in the MFT record is always the same."""
    for name, short in short_names(content).items():
        path, inner = folder / name, content[name]
        if isinstance(inner, bytes):
            path.touch()
        else:
            path.mkdir()
        os.setxattr(path, DOS_NAME, short.encode())
        if isinstance(inner, bytes):
            path.write_bytes(inner)
        else:
            _fill(path, inner)
