"""Registry hives. The empty hive is made here; hivex writes the keys and values."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from samples.builder import hive_finish


class Expand(str):
    """A string with %VARIABLES%, REG_EXPAND_SZ."""

    __slots__ = ()


Value = str | int | bytes | list[str]
Content = Mapping[str, Mapping[str, Value]]  # path of a key -> its values; parent keys are created

BLOCK = 4096
NONE = 0xFFFFFFFF
ROOT, SECURITY = 0x20, 0x88  # offsets of cells from the first bin

# Self-relative security descriptor: owner and group Administrators, full control for Administrators and SYSTEM.
ADMINISTRATORS = struct.pack("<BB6s2I", 1, 2, b"\0\0\0\0\0\5", 32, 544)
LOCAL_SYSTEM = struct.pack("<BB6sI", 1, 1, b"\0\0\0\0\0\5", 18)


class Typed(NamedTuple):
    kind: int
    data: bytes


def build(content: Content, path: Path, file_name: str) -> bytes:
    """Returns the bytes of a hive. `path`: a temporary file; `file_name`: for the header.

    Values: str REG_SZ, Expand REG_EXPAND_SZ, bytes REG_BINARY, int REG_DWORD, list of str REG_MULTI_SZ.
    """
    path.write_bytes(blank(file_name))
    hivex: Any = importlib.import_module("hivex")  # Debian's python3-hivex; not on PyPI
    hive = hivex.Hivex(str(path), write=True)
    nodes = {"": hive.root()}
    for key, values in content.items():
        _set_values(hive, _node(hive, nodes, key), values)
    hive.commit(None)
    return hive_finish.finish(path.read_bytes())


def typed(value: Value) -> Typed:
    match value:
        case Expand():
            return Typed(2, _text(value))
        case str():
            return Typed(1, _text(value))
        case bytes():
            return Typed(3, value)
        case int():
            return Typed(4, struct.pack("<I", value))
        case list():
            return Typed(7, b"".join(map(_text, value)) + b"\0\0")


def blank(file_name: str) -> bytes:
    """A hive with one empty key. regf format: base block, then a bin with cells nk (root), sk (security) and free."""
    name = file_name.encode("utf-16-le")[-62:]
    base = struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, 0, 1, 5, 0, 1, ROOT, BLOCK, 1) + name.ljust(64, b"\0")
    return hive_finish.with_checksum(base.ljust(BLOCK, b"\0") + _first_bin())


def _first_bin() -> bytes:
    header = struct.pack("<4sIIQQI", b"hbin", 0, BLOCK, 0, 0, 0)
    key = struct.pack("<2sHQIIIIIIIIIIIIIIIHH", b"nk", 0x2C, 0, 0, NONE, 0, 0, NONE, NONE, 0, NONE, SECURITY, NONE,
                      0, 0, 0, 0, 0, 4, 0) + b"ROOT"  # fmt: skip
    descriptor = _security_descriptor()
    security = struct.pack("<2sHIIII", b"sk", 0, SECURITY, SECURITY, 1, len(descriptor)) + descriptor
    used = header + _cell(key, SECURITY - ROOT) + _cell(security)
    return used + struct.pack("<i", BLOCK - len(used)) + bytes(BLOCK - len(used) - 4)


def _cell(data: bytes, size: int = 0) -> bytes:
    size = size or -(-(len(data) + 4) // 8) * 8
    return (struct.pack("<i", -size) + data).ljust(size, b"\0")


def _security_descriptor() -> bytes:
    aces = b"".join(struct.pack("<BBHI", 0, 2, 8 + len(sid), 0xF003F) + sid for sid in (ADMINISTRATORS, LOCAL_SYSTEM))
    acl = struct.pack("<BBHHH", 2, 0, 8 + len(aces), 2, 0) + aces
    owner = 20 + len(acl)
    header = struct.pack("<BBHIIII", 1, 0, 0x8004, owner, owner + len(ADMINISTRATORS), 0, 20)
    return header + acl + 2 * ADMINISTRATORS


def _node(hive: Any, nodes: dict[str, Any], key: str) -> Any:
    if key not in nodes:
        parent, _, name = key.rpartition("\\")
        nodes[key] = hive.node_add_child(_node(hive, nodes, parent), name)
    return nodes[key]


def _set_values(hive: Any, node: Any, values: Mapping[str, Value]) -> None:
    pairs = [(name, typed(value)) for name, value in values.items()]
    hive.node_set_values(node, [{"key": name, "t": kind, "value": data} for name, (kind, data) in pairs])


def _text(text: str) -> bytes:
    return (text + "\0").encode("utf-16-le")
