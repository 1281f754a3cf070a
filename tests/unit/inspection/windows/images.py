"""The Windows disks in fixtures/: qcow2 of 40 GiB virtual size; each file has a few megabytes."""

from __future__ import annotations

import functools
import json
import lzma
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent / "fixtures"
EXPECTED = FIXTURES / "expected.json"  # name -> facts
UPCASE = FIXTURES / "upcase.xz"  # $UpCase, the same on every NTFS, is stored once
PLACEHOLDER = b"imagedrop: $UpCase was here".ljust(1 << 17, b"\0")


@functools.cache
def expected() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return loaded


@functools.lru_cache(4)
def windows_image(name: str) -> bytes:
    """The qcow2 file called `name` in expected.json."""
    return lzma.decompress((FIXTURES / f"{name}.qcow2.xz").read_bytes()).replace(PLACEHOLDER, _upcase())


def without_upcase(data: bytes) -> bytes:
    return data.replace(_upcase(), PLACEHOLDER)


@functools.cache
def _upcase() -> bytes:
    return lzma.decompress(UPCASE.read_bytes())
