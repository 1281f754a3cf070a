"""The text descriptor of a VMDK (VMware Virtual Disk Format 5.0): `key=value` lines and the list of extents.

What it names is judged and never opened: `RW 4192256 SPARSE "disk-s001.vmdk"`, with its length in sectors of 512 bytes.
"""

from __future__ import annotations

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import Unreadable, malformed
from imagedrop.light import NamedTuple

SIZE_MOST = 64 * 1024
NO_PARENT = "ffffffff"
SECTOR = 512
IN_ONE_FILE = {"monolithicsparse": "monolithicSparse", "streamoptimized": "streamOptimized"}


class Extent(NamedTuple):
    sectors: int
    type: str
    name: str


class Descriptor(NamedTuple):
    create_type: str
    parent: str | None  # None: it has none; else its file name as far as it is said
    extents: tuple[Extent, ...]

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
        names = self.names()
        if self.create_type.lower() not in IN_ONE_FILE:
            raise Unreadable(kinds.DATA_FILE, name=names or f"VMDK of type {self.create_type or 'unknown'}")
        if len(self.extents) != 1 or self.extents[0].type != "SPARSE":
            raise Unreadable(kinds.DATA_FILE, name=names) if names else malformed("VMDK descriptor", "no extent")

    @property
    def variant(self) -> str:
        """`createType` as VMware spells it where it is a word."""
        kind = self.create_type
        return IN_ONE_FILE.get(
            kind.lower(), kind if kind.isascii() and kind.isalnum() and len(kind) <= 40 else "unknown"
        )

    @property
    def size(self) -> int:
        """Bytes of the whole disk."""
        return sum(extent.sectors for extent in self.extents) * SECTOR

    def names(self) -> str:
        """Of the first extents."""
        return ", ".join(extent.name for extent in self.extents[:3] if extent.name)


class DescriptorFile(Container):
    """A descriptor that is a file of its own: what it says of the disk is known, the disk lies elsewhere."""

    format = "vmdk"

    def open(self) -> None:
        descriptor = Descriptor.parse(self.file.read(0, min(self.file.size, SIZE_MOST)))
        self.variant = descriptor.variant
        if descriptor.extents and self.file.size <= SIZE_MOST:
            self.virtual_size = descriptor.size
        if descriptor.parent is None:
            raise Unreadable(kinds.DATA_FILE, name=descriptor.names() or "no extent named")
        descriptor.refuse()


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 18


def _extents(lines: list[str]) -> list[Extent]:
    """`RW|RDONLY|NOACCESS <sectors> <type> "<file>" [<offset>]`."""
    found = []
    for line in lines:
        words = line.split(None, 3)
        if len(words) >= 3 and words[0] in ("RW", "RDONLY", "NOACCESS") and _is_count(words[1]):
            name = words[3].split('"')[1] if len(words) > 3 and words[3].count('"') >= 2 else ""
            found.append(Extent(int(words[1]), words[2].upper(), name))
    return found
