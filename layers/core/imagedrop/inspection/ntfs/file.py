"""A file: a record of the MFT with those that extend it, its streams, and what a directory holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs import records
from imagedrop.inspection.ntfs.index import Directory, collated
from imagedrop.inspection.ntfs.records import Attribute, Listed, Record, Reference
from imagedrop.inspection.ntfs.runs import RUNS_MOST, Extents, Run, decode
from imagedrop.inspection.ntfs.streams import Packed, Plain, Resident, Stream
from imagedrop.inspection.ntfs.wof import unpacked
from imagedrop.inspection.replay import fetch_together

if TYPE_CHECKING:
    from imagedrop.inspection.ntfs.volume import Volume

LIST_MOST = 512 * 1024  # bytes of an attribute list
RUN_STEPS = 2
EXTENSIONS_MOST = 1024


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
            self._data = unpacked(self, self._volume.work) or stream(self._volume, self.attributes(records.DATA))
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
            found = records.pieces(self._record.attributes, kind, name)
            elsewhere = {
                one.at for one in self._listed() if (one.type, one.name) == key and one.at.number != self.at.number
            }
            if len(elsewhere) > EXTENSIONS_MOST:
                raise malformed(f"MFT record {self.at.number}", f"it goes on in {len(elsewhere)} other records")
            for more in fetch_together(*[partial(self._extension, one) for one in sorted(elsewhere)]):
                found += records.pieces(more.attributes, kind, name)
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
            own = records.pieces(self._record.attributes, records.LIST, "")
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
        before = len(runs)
        runs += decode(piece.runs, piece.first)
        volume.work(RUN_STEPS * (len(runs) - before))
        if len(runs) > RUNS_MOST:
            raise malformed("NTFS data runs", f"a file has more than {RUNS_MOST}")
    extents = Extents(runs)
    size = min(first.size, extents.clusters * volume.cluster)
    if size < first.size:
        raise malformed("NTFS data runs", f"{extents.clusters} clusters cannot hold {first.size} bytes")
    if first.flags & records.PACKED:
        return Packed(volume, extents, size, first.written, first.unit)
    return Plain(volume, extents, size, first.written)
