"""An NTFS volume: made by mkntfs, filled through ntfs-3g; then its serial number and times are set."""

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
from samples.builder.ntfs_bitmap import scattered
from samples.builder.ntfs_files import DOS_NAME, fill
from samples.builder.recipe import SECTOR, Ntfs
from samples.builder.tree import Tree, nested

__all__ = ["DOS_NAME", "make", "mounted"]

SERIAL = 0x48  # boot sector: volume serial number
ORDINARY = Ntfs()
PATIENCE = 10.0  # seconds for a mount to appear


def make(path: Path, tree: Tree, label: str, serial: int, start: int, how: Ntfs = ORDINARY) -> None:
    """Formats the file `path`, which has the size of the volume. `start`: the volume's first sector on the disk."""
    geometry = ["-s", "512", "-c", str(how.cluster), "-p", str(start), "-H", "255", "-S", "63"]
    run("mkntfs", "--quiet", "--quick", "--force", "--zero-time", "-L", label, *geometry, str(path))
    begun = time.time()
    pieces = scattered(path, how.pieces, how.mft_pieces)
    with pieces, mounted(path, compression=bool(how.compressed)) as root:
        fill(root, nested(tree), how.compressed)
    if how.dirty:
        run("ntfsfix", str(path))  # sets the dirty flag, so that Windows checks the volume
    with path.open("r+b") as file:
        for sector in (0, path.stat().st_size // SECTOR - 1):
            os.pwrite(file.fileno(), struct.pack("<Q", serial), sector * SECTOR + SERIAL)
        ntfs_finish.finish(file.fileno(), begun, time.time())
        if how.short_log:
            ntfs_finish.empty_log(file.fileno())


@contextmanager
def mounted(path: Path, *, compression: bool = False) -> Iterator[Path]:
    """Yields the mount point. Afterwards the volume is unmounted and clean."""
    root = path.with_suffix(".mount")
    root.mkdir()
    options = "no_detach,noatime,windows_names" + ",compression" * compression
    command = ["ntfs-3g", "-o", options, str(path), str(root)]
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
            output = driver.stderr.read() if driver.stderr and driver.poll() is not None else "no output"
            raise CommandFailed(f"ntfs-3g did not mount (it needs root and /dev/fuse): {output}")
        time.sleep(0.01)
