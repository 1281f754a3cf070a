"""The text descriptor of a VMDK (VMware Virtual Disk Format 5.0): `key=value` lines and the list of extents.

An extent: `RW 4192256 SPARSE "disk-s001.vmdk"`, with its length in sectors of 512 bytes. The file that it names is
checked by its name and never opened. Readers differ in how they parse the rest (qemu searches the whole text for a key;
upper and lower case may differ): a descriptor that could be read in two ways is refused.
"""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import Unreadable, malformed

MAX_SIZE = 64 * 1024
NO_PARENT = "ffffffff"
SECTOR = 512
VMWARE_TOOL = "`vmkfstools -i CHILD.vmdk whole.vmdk` (VMware)"
ACCESS = ("rw", "rdonly", "noaccess")
UNIQUE_KEYS = ("createtype", "parentcid", "parentfilenamehint")
IN_ONE_FILE = {"monolithicsparse": "monolithicSparse", "streamoptimized": "streamOptimized"}


class Extent(NamedTuple):
    sectors: int
    type: str
    name: str


class Descriptor(NamedTuple):
    create_type: str
    parent: str | None  # None: it has none; else its file name, "" where that is not stated
    extents: tuple[Extent, ...]
    ambiguity: str  # what could be read in two ways

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
        return cls(keys.get("createtype", ""), parent, extents, _ambiguity(text.lower(), lines))

    def refuse(self) -> None:
        """Raises Unreadable unless the file that holds this descriptor holds the whole disk."""
        if self.parent is not None:
            # qemu-img finds the parent by this name alone; without the name it converts the child and gives no error.
            tools = f"{VMWARE_TOOL}, `qemu-img convert -O qcow2 CHILD.vmdk whole.qcow2`" if self.parent else VMWARE_TOOL
            raise Unreadable(kinds.DIFFERENCING, parent=self.parent or "?", tools=tools)
        names = self.extent_names()
        if self.create_type.lower() not in IN_ONE_FILE:
            raise Unreadable(kinds.DATA_FILE, name=names or f"VMDK of type {self.create_type or 'unknown'}")
        one_extent = len(self.extents) == 1 and self.extents[0].type == "SPARSE"
        if not one_extent and not names:
            raise malformed("VMDK descriptor", "it lists no extent")
        if not one_extent or "/" in names:
            raise Unreadable(kinds.DATA_FILE, name=names)
        if self.ambiguity:
            raise malformed("VMDK descriptor", self.ambiguity)

    @property
    def variant(self) -> str:
        """`createType` as VMware spells it; "unknown" where it is not a word."""
        given = self.create_type
        is_word = given.isascii() and given.isalnum() and len(given) <= 40
        return IN_ONE_FILE.get(given.lower(), given if is_word else "unknown")

    @property
    def size(self) -> int:
        """Bytes of the whole disk."""
        return sum(extent.sectors for extent in self.extents) * SECTOR

    def extent_names(self) -> str:
        """The file names of the first extents."""
        return ", ".join(extent.name for extent in self.extents[:3] if extent.name)


class DescriptorFile(Container):
    """A descriptor in a file of its own: it describes the disk, whose content is in other files."""

    format = "vmdk"

    def open(self) -> None:
        descriptor = Descriptor.parse(self.file.read(0, min(self.file.size, MAX_SIZE)))
        self.variant = descriptor.variant
        if descriptor.extents and self.file.size <= MAX_SIZE:
            self.virtual_size = descriptor.size
        if descriptor.parent is None:
            raise Unreadable(kinds.DATA_FILE, name=descriptor.extent_names() or "no extent named")
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


def _ambiguity(text: str, lines: list[str]) -> str:
    if repeated := next((key for key in UNIQUE_KEYS if text.count(f"{key}=") > 1), None):
        return f"it states {repeated} twice"
    unknown = next((line for line in lines if not _is_known(line)), None)
    return f"this line is not known: {unknown!r}" if unknown else ""


def _is_known(line: str) -> bool:
    """Whether it is empty, a comment, an entry of the disk data base, an extent, or a key with its value."""
    key, equals, _ = line.partition("=")
    is_value = line.lower().startswith("ddb.") or (bool(equals) and " " not in key.rstrip())
    return line[:1] in ("", "#") or is_value or _extent(line) is not None
