"""Zips of functions and layer. Same files, same bytes: an unchanged stack needs no update."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)


def function(folder: Path) -> bytes:
    return _zipped(folder, "")


def layer(folder: Path) -> bytes:
    """Only the project's package: third-party ones come from the environment of ministack."""
    return _zipped(folder / "imagedrop", "python/imagedrop/")


def name(content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}.zip"


def _zipped(folder: Path, prefix: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(prefix + path.relative_to(folder).as_posix(), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
