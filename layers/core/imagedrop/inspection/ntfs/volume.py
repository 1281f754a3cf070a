"""A volume and its files."""

from __future__ import annotations

from imagedrop.inspection.cache import together
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.ntfs import boot, records
from imagedrop.inspection.ntfs.index import Directory, collated
from imagedrop.inspection.ntfs.records import Attribute, Listed, Record, Reference
from imagedrop.inspection.ntfs.runs import RUNS_MOST, Extents, Run, decode
from imagedrop.inspection.ntfs.streams import Packed, Plain, Resident, Stream
from imagedrop.inspection.ntfs.wof import unpacked
from imagedrop.inspection.source import Range
from imagedrop.light import TYPE_CHECKING, partial

if TYPE_CHECKING:
    from collections.abc import Sequence

MFT, VOLUME, ROOT = Reference(0, 0), Reference(3, 0), Reference(5, 0)
AHEAD = 128 * 1024  # of the MFT: the first directories that were made have the first records
LIST_MOST = 512 * 1024
EXTENSIONS_MOST = 1024
DIRTY = 1
FIRST_USER = 24  # the records before it are the volume's own


class Volume:
    """Opened lazily. Raises Unreadable where its structures make no sense, PastEnd where the disk ends too early."""

    def __init__(self, disk: Container, start: int) -> None:
        self.start, self._disk = start, disk
        self.geometry = boot.parse(disk.read(start, 512))
        self.cluster = self.geometry.cluster
        self.known: dict[tuple[Reference, bytes], Reference] = {}
        self._files: dict[Reference, File] = {}
        self._mft: Stream | None = None

    def read(self, offset: int, length: int) -> bytes:
        end = offset + length
        if self.start + end > self._disk.size:
            if end > self.geometry.size:
                raise malformed("NTFS structure", f"bytes {offset} to {end} of a volume of {self.geometry.size}")
            raise PastEnd(self.start + offset, length, self._disk.size)
        return self._disk.read(self.start + offset, length)

    def prefetch(self, ranges: Sequence[Range]) -> None:
        self._disk.prefetch([(self.start + at, length) for at, length in ranges])

    def hint_tables(self, ranges: Sequence[Range]) -> None:
        self._disk.hint_tables([(self.start + at, length) for at, length in ranges])

    @property
    def dirty(self) -> bool:
        """Windows did not put it down properly, or found a fault ($VOLUME_INFORMATION: 10 2 flags)."""
        content = self.file(VOLUME).attribute(records.VOLUME_INFORMATION).content
        if content is None or len(content) < 12:
            raise malformed("NTFS volume information", "it is too short")
        return bool(content[10] & DIRTY)

    def find(self, path: str) -> File | None:
        """The file or directory of a path from the root, such as Windows/System32; None where there is none."""
        root = self.file(ROOT)
        if not root.is_directory:
            raise malformed("NTFS volume", "its root is no directory")
        return root.find(path)

    def file(self, at: Reference) -> File:
        if at not in self._files:
            record = self.record(at)
            self._files[at] = File(self, at, record)
        return self._files[at]

    def record(self, at: Reference) -> Record:
        """Raises Unreadable where it is not in use, or used for something else by now."""
        size = self.geometry.record
        data = self._table().read(at.number * size, size)
        record = records.parse(data, at.number)
        if not record.flags & records.IN_USE or at.sequence not in (0, record.sequence):
            raise malformed(f"MFT record {at.number}", "it is not what its directory means")
        return record

    def _table(self) -> Stream:
        """$MFT itself. Its first piece says where its other pieces are."""
        if self._mft is None:
            at, size = self.geometry.mft_at, self.geometry.record
            self.prefetch([(at, AHEAD)])
            record = records.parse(self.read(at, size), 0)
            first = _of(record.attributes, records.DATA, "")
            if not first or first[0].content is not None:
                raise malformed("$MFT", "it has no clusters")
            table = Plain(self, Extents(list(decode(first[0].runs, 0))), first[0].size, first[0].written)
            table.hint_tables()
            self._mft = table
            if _of(record.attributes, records.LIST, ""):
                try:
                    pieces = File(self, MFT, record).attributes(records.DATA)
                except BaseException:
                    self._mft = None  # not all of it is here yet
                    raise
                self._mft = stream(self, pieces)
            self._learn(table, first[0])
        return self._mft

    def _learn(self, table: Stream, first: Attribute) -> None:
        """Remembers the names of the first records: a record that is here says of its parent what the parent's tree,
        which is somewhere else, says of it."""
        run = next(decode(first.runs, 0), None)
        size = self.geometry.record
        data = table.read(0, min(AHEAD, run.clusters * self.cluster, table.size) // size * size) if run else b""
        for number in range(FIRST_USER, len(data) // size):
            for name, parent, own in records.names(data[number * size : (number + 1) * size], number):
                self.known[parent, collated(name)] = own


class File:
    """A record of the MFT with those that extend it."""

    def __init__(self, volume: Volume, at: Reference, record: Record) -> None:
        self._volume, self.at, self._record = volume, at, record
        self._list: list[Listed] | None = None
        self._found: dict[tuple[int, str], list[Attribute]] = {}
        self._entries: dict[str, Reference | None] = {}
        self._directory: Directory | None = None
        self._data: Stream | None = None

    @property
    def is_directory(self) -> bool:
        return bool(self._record.flags & records.DIRECTORY)

    def find(self, path: str) -> File | None:
        """By its path from this directory; None where there is none."""
        file: File | None = self
        for name in path.replace("\\", "/").split("/"):
            if name and file is not None:
                file = file.child(name)
        return file

    def child(self, name: str) -> File | None:
        """Of a directory; None where there is none of that name, or this is no directory."""
        found = self._entry(name)
        return self._volume.file(found) if found else None

    def has(self, name: str) -> bool:
        """Whether the directory has an entry of that name; what it is, is not read."""
        return self._entry(name) is not None

    def data(self) -> Stream:
        """The content, unpacked. Raises Unreadable where it is encrypted, or packed in a way that nobody knows."""
        if self._data is None:
            self._data = unpacked(self) or stream(self._volume, self.attributes(records.DATA))
        return self._data

    def stream(self, name: str) -> Stream | None:
        """A named stream; None where the file has none of that name."""
        pieces = self.attributes(records.DATA, name)
        return stream(self._volume, pieces) if pieces else None

    def attribute(self, kind: int, name: str = "") -> Attribute:
        found = self.attributes(kind, name)
        if not found:
            raise malformed(f"MFT record {self.at.number}", f"it has no attribute {kind:#x}")
        return found[0]

    def attributes(self, kind: int, name: str = "") -> list[Attribute]:
        """All pieces of an attribute, by their first cluster; those that lie in other records are read at once."""
        key = kind, name
        if key not in self._found:
            found = _of(self._record.attributes, kind, name)
            elsewhere = {
                one.at for one in self._listed() if (one.type, one.name) == key and one.at.number != self.at.number
            }
            if len(elsewhere) > EXTENSIONS_MOST:
                raise malformed(f"MFT record {self.at.number}", f"it goes on in {len(elsewhere)} other records")
            for more in together(*[partial(self._extension, one) for one in sorted(elsewhere)]):
                found += _of(more.attributes, kind, name)
            self._found[key] = sorted(found, key=lambda one: one.first)
        return self._found[key]

    def _entry(self, name: str) -> Reference | None:
        key = name.lower()
        if key not in self._entries:
            me = Reference(self.at.number, self._record.sequence)
            known = self._volume.known.get((me, collated(name)))
            self._entries[key] = known or (self._index().find(name) if self.is_directory else None)
        return self._entries[key]

    def _extension(self, at: Reference) -> Record:
        record = self._volume.record(at)
        if record.base.number != self.at.number:
            raise malformed(f"MFT record {at.number}", f"it does not extend record {self.at.number}")
        return record

    def _listed(self) -> list[Listed]:
        if self._list is None:
            own = _of(self._record.attributes, records.LIST, "")
            content = stream(self._volume, own) if own else Resident(b"")
            if content.size > LIST_MOST:
                raise malformed(f"MFT record {self.at.number}", f"its attribute list has {content.size} bytes")
            self._list = list(records.listed(content.read(0, content.size)))
        return self._list

    def _index(self) -> Directory:
        if self._directory is None:
            root = self.attribute(records.INDEX_ROOT, "$I30").content
            pieces = self.attributes(records.INDEX_ALLOCATION, "$I30")
            blocks = stream(self._volume, pieces) if pieces else None
            if isinstance(blocks, Plain):
                blocks.hint_tables()
            self._directory = Directory(root or b"", blocks, self._volume.cluster)
        return self._directory


def stream(volume: Volume, pieces: list[Attribute]) -> Stream:
    """The content of an attribute from all its pieces."""
    if not pieces:
        raise malformed("NTFS file", "it has no content")
    first = pieces[0]
    if first.flags & records.ENCRYPTED:
        raise malformed("NTFS file", "it is encrypted (EFS)")
    if first.content is not None:
        return Resident(first.content)
    runs: list[Run] = []
    for piece in pieces:
        runs += decode(piece.runs, piece.first)
        if len(runs) > RUNS_MOST:
            raise malformed("NTFS data runs", f"a file has more than {RUNS_MOST}")
    extents = Extents(runs)
    size = min(first.size, extents.clusters * volume.cluster)
    if size < first.size:
        raise malformed("NTFS data runs", f"{extents.clusters} clusters cannot hold {first.size} bytes")
    if first.flags & records.PACKED:
        return Packed(volume, extents, size, first.written, first.unit)
    return Plain(volume, extents, size, first.written)


def _of(attributes: list[Attribute], kind: int, name: str) -> list[Attribute]:
    return [one for one in attributes if one.type == kind and one.name == name]
