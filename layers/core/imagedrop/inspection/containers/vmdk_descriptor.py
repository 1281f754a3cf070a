"""The text descriptor of a VMDK (VMware Virtual Disk Format 5.0): `key=value` lines and the list of extents.

What it names is judged and never opened: `RW 4192256 SPARSE "disk-s001.vmdk"`, with its length in sectors of 512 bytes.
Readers differ in what they make of the rest (qemu searches the whole text for a key, upper or lower case may count): a
descriptor that could be read in two ways is refused.
"""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import Unreadable, malformed

SIZE_MOST = 64 * 1024
NO_PARENT = "ffffffff"
SECTOR = 512
VMWARE_TOOL = "`vmkfstools -i CHILD.vmdk whole.vmdk` (VMware)"
ACCESS = ("rw", "rdonly", "noaccess")
JUDGED = ("createtype", "parentcid", "parentfilenamehint")
IN_ONE_FILE = {"monolithicsparse": "monolithicSparse", "streamoptimized": "streamOptimized"}


class Extent(NamedTuple):
    sectors: int
    type: str
    name: str


class Descriptor(NamedTuple):
    create_type: str
    parent: str | None  # None: it has none; else its file name as far as it is said
    extents: tuple[Extent, ...]
    unclear: str  # what could be read in two ways

    @classmethod
    def parse(cls, data: bytes) -> Descriptor:
        text = data.split(b"\0")[0].decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines()]
        keys: dict[str, str] = {}
        for line in lines:
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                keys.setdefault(key.strip().lower(), value.strip().strip('"'))
        has_parent = keys.get("parentcid", NO_PARENT).lower() != NO_PARENT or "parentfilenamehint" in keys
        parent = keys.get("parentfilenamehint", "") if has_parent else None
        extents = tuple(extent for line in lines if (extent := _extent(line)))
        return cls(keys.get("createtype", ""), parent, extents, _unclear(text.lower(), lines))

    def refuse(self) -> None:
        """Raises Unreadable unless the disk is whole in the one file that holds this descriptor."""
        if self.parent is not None:
            # qemu-img finds the parent by this name alone; without the name it converts the child and gives no error.
            tools = f"{VMWARE_TOOL}, `qemu-img convert -O qcow2 CHILD.vmdk whole.qcow2`" if self.parent else VMWARE_TOOL
            raise Unreadable(kinds.DIFFERENCING, parent=self.parent or "?", tools=tools)
        names = self.names()
        if self.create_type.lower() not in IN_ONE_FILE:
            raise Unreadable(kinds.DATA_FILE, name=names or f"VMDK of type {self.create_type or 'unknown'}")
        if len(self.extents) != 1 or self.extents[0].type != "SPARSE":
            raise Unreadable(kinds.DATA_FILE, name=names) if names else malformed("VMDK descriptor", "no extent")
        if "/" in names:
            raise Unreadable(kinds.DATA_FILE, name=names)
        if self.unclear:
            raise malformed("VMDK descriptor", self.unclear)

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


def _extent(line: str) -> Extent | None:
    """`RW|RDONLY|NOACCESS <sectors> <type> "<file>" [<offset>]`."""
    words = line.split(None, 3)
    if len(words) < 3 or words[0].lower() not in ACCESS or not _is_count(words[1]):
        return None
    name = words[3] if len(words) > 3 else ""
    return Extent(int(words[1]), words[2].upper(), name.split('"')[1] if name.count('"') >= 2 else name)


def _unclear(text: str, lines: list[str]) -> str:
    if twice := next((key for key in JUDGED if text.count(f"{key}=") > 1), None):
        return f"it says {twice} twice"
    strange = next((line for line in lines if not _has_meaning(line)), None)
    return f"a line of it means nothing: {strange!r}" if strange else ""


def _has_meaning(line: str) -> bool:
    """Nothing, a comment, an entry of the disk data base, an extent, or a key with its value."""
    key, equals, _ = line.partition("=")
    is_value = line.lower().startswith("ddb.") or (bool(equals) and " " not in key.rstrip())
    return line[:1] in ("", "#") or is_value or _extent(line) is not None
