"""An ext4 volume, made by mke2fs."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from samples.builder.commands import run
from samples.builder.tree import Tree


def make(path: Path, tree: Tree, label: str, serial: int, start: int) -> None:
    """Formats the file `path`, which has the size of the volume, and writes the files of `tree`."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for name, content in tree.items():
            inner = Path(folder, name)
            (inner if name.endswith("/") else inner.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                inner.write_bytes(content)
        identity = str(uuid.UUID(int=serial))
        run("mke2fs", "-q", "-F", "-t", "ext4", "-L", label, "-U", identity, "-d", folder, str(path))
