"""The text descriptor of a VMDK (VMware Virtual Disk Format 5.0): `key=value` lines and the list of extents.

What it names is judged and never opened: `RW 4192256 SPARSE "disk-s001.vmdk"`.
"""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.errors import Unreadable, malformed

SIZE_MOST = 64 * 1024
NO_PARENT = "ffffffff"
IN_ONE_FILE = {"monolithicsparse": "monolithicSparse", "streamoptimized": "streamOptimized"}


class Descriptor(NamedTuple):
    create_type: str
    parent: str | None  # None: it has none; else its file name as far as it is said
    extents: tuple[tuple[str, str], ...]  # (type, file name)

    @classmethod
    def parse(cls, data: bytes) -> Descriptor:
        lines = [line.strip() for line in data.split(b"\0")[0].decode("utf-8", "replace").splitlines()]
        keys: dict[str, str] = {}
        for line in lines:
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                keys.setdefault(key.strip().lower(), value.strip().strip('"'))
        has_parent = keys.get("parentcid", NO_PARENT).lower() != NO_PARENT or "parentfilenamehint" in keys
        parent = keys.get("parentfilenamehint", "") if has_parent else None
        return cls(keys.get("createtype", ""), parent, tuple(_extents(lines)))

    def refuse(self) -> None:
        """Raises Unreadable unless the disk is whole in the one file that holds this descriptor."""
        if self.parent is not None:
            raise Unreadable(kinds.DIFFERENCING, parent=self.parent or "?")
        names = ", ".join(name for _, name in self.extents[:3])
        if self.create_type.lower() not in IN_ONE_FILE:
            raise Unreadable(kinds.DATA_FILE, name=names or f"VMDK of type {self.create_type or 'unknown'}")
        if len(self.extents) != 1 or self.extents[0][0] != "SPARSE":
            raise Unreadable(kinds.DATA_FILE, name=names) if names else malformed("VMDK descriptor", "no extent")


def _extents(lines: list[str]) -> list[tuple[str, str]]:
    """`RW|RDONLY|NOACCESS <sectors> <type> "<file>" [<offset>]`."""
    found = []
    for line in lines:
        words = line.split(None, 3)
        if len(words) >= 3 and words[0] in ("RW", "RDONLY", "NOACCESS") and words[1].isdigit():
            name = words[3].split('"')[1] if len(words) > 3 and words[3].count('"') >= 2 else ""
            found.append((words[2].upper(), name))
    return found
