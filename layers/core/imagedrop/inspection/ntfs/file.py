"""A file: its record in the MFT with any extension records, its streams, and the entries of a directory."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs import records
from imagedrop.inspection.ntfs.index import Directory, collation_key
from imagedrop.inspection.ntfs.records import Attribute, ListEntry, Record, Reference
from imagedrop.inspection.ntfs.runs import MAX_RUNS, Extents, Run, decode_runs
from imagedrop.inspection.ntfs.streams import ClusterReader, CompressedStream, NonResidentStream, ResidentStream, Stream
from imagedrop.inspection.replay import fetch_together

MAX_LIST = 512 * 1024  # bytes of an attribute list
STEPS_PER_RUN = 2
MAX_EXTENSIONS = 1024
WOF_STREAM = "WofCompressedData"


class FileVolume(ClusterReader, Protocol):
    """`known_children`: (directory, collation key of a name) -> file, as far as it is known without the index."""

    known_children: dict[tuple[Reference, bytes], Reference]

    def file(self, reference: Reference) -> File: ...
    def record(self, reference: Reference) -> Record: ...


class File:
    """A file or directory. Its methods raise Unreadable, and what the volume raises."""

    def __init__(self, volume: FileVolume, reference: Reference, record: Record) -> None:
        self.reference = reference
        self._volume, self._record = volume, record
        self._list: list[ListEntry] | None = None
        self._attributes: dict[tuple[int, str], list[Attribute]] = {}
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
        """Of a directory; None where it has none of that name, or this is no directory."""
        reference = self._entry(name)
        return self._volume.file(reference) if reference else None

    def has(self, name: str) -> bool:
        """Whether the directory has an entry of that name; the entry's record is not read."""
        return self._entry(name) is not None

    def data(self) -> Stream:
        """The content, decompressed. Raises Unreadable where it is encrypted or compressed in an unknown way."""
        if self._data is None:
            self._data = self._wof_content() or stream(self._volume, self.attributes(records.DATA))
        return self._data

    def stream(self, name: str) -> Stream | None:
        """A named stream; None where the file has none of that name."""
        pieces = self.attributes(records.DATA, name)
        return stream(self._volume, pieces) if pieces else None

    def attribute(self, kind: int, name: str = "") -> Attribute:
        """Its first piece."""
        pieces = self.attributes(kind, name)
        if not pieces:
            raise self._malformed(f"it has no attribute {kind:#x}")
        return pieces[0]

    def attributes(self, kind: int, name: str = "") -> list[Attribute]:
        """All pieces of an attribute, sorted by VCN. Extension records are read in one round trip."""
        key = kind, name
        if key not in self._attributes:
            pieces = records.pieces(self._record.attributes, kind, name)
            extensions = {
                entry.record
                for entry in self._list_entries()
                if (entry.type, entry.name) == key and entry.record.number != self.reference.number
            }
            if len(extensions) > MAX_EXTENSIONS:
                raise self._malformed(f"it continues in {len(extensions)} other records")
            for extension in fetch_together(*[partial(self._extension, record) for record in sorted(extensions)]):
                pieces += records.pieces(extension.attributes, kind, name)
            self._attributes[key] = sorted(pieces, key=lambda piece: piece.vcn)
        return self._attributes[key]

    def _wof_content(self) -> Stream | None:
        """Of a file that the Windows Overlay Filter compressed (CompactOS); None of any other."""
        points = self.attributes(records.REPARSE_POINT)
        if not points or (compressed := self.stream(WOF_STREAM)) is None:
            return None
        from imagedrop.inspection.unpack.wof import WofStream, wof_algorithm  # few images need it

        algorithm = wof_algorithm(points[0].content or b"")
        size = self.attribute(records.DATA).size
        return None if algorithm is None else WofStream(compressed, algorithm, size, self._volume.charge_steps)

    def _entry(self, name: str) -> Reference | None:
        key = name.lower()
        if key not in self._entries:
            directory = Reference(self.reference.number, self._record.sequence)
            known = self._volume.known_children.get((directory, collation_key(name)))
            self._entries[key] = known or (self._index().find(name) if self.is_directory else None)
        return self._entries[key]

    def _extension(self, reference: Reference) -> Record:
        record = self._volume.record(reference)
        if record.base.number != self.reference.number:
            raise malformed(f"MFT record {reference.number}", f"it does not extend record {self.reference.number}")
        return record

    def _list_entries(self) -> list[ListEntry]:
        if self._list is None:
            pieces = records.pieces(self._record.attributes, records.LIST, "")
            content = stream(self._volume, pieces) if pieces else ResidentStream(b"")
            if content.size > MAX_LIST:
                raise self._malformed(f"its attribute list has {content.size} bytes")
            self._list = list(records.list_entries(content.read(0, content.size)))
        return self._list

    def _index(self) -> Directory:
        if self._directory is None:
            root = self.attribute(records.INDEX_ROOT, "$I30").content
            pieces = self.attributes(records.INDEX_ALLOCATION, "$I30")
            blocks = stream(self._volume, pieces) if pieces else None
            if isinstance(blocks, NonResidentStream):
                blocks.hint_tables()
            self._directory = Directory(root or b"", blocks, self._volume.cluster_size)
        return self._directory

    def _malformed(self, why: str) -> Exception:
        return malformed(f"MFT record {self.reference.number}", why)


def stream(volume: ClusterReader, pieces: list[Attribute]) -> Stream:
    """The content of an attribute from all its pieces."""
    if not pieces:
        raise malformed("NTFS file", "it has no content")
    first = pieces[0]
    if first.flags & records.ENCRYPTED:
        raise malformed("NTFS file", "it is encrypted (EFS)")
    if first.content is not None:
        return ResidentStream(first.content)
    runs: list[Run] = []
    for piece in pieces:
        before = len(runs)
        runs += decode_runs(piece.runs, piece.vcn)
        volume.charge_steps(STEPS_PER_RUN * (len(runs) - before))
        if len(runs) > MAX_RUNS:
            raise malformed("NTFS data runs", f"a file has more than {MAX_RUNS}")
    extents = Extents(runs)
    if first.size > extents.clusters * volume.cluster_size:
        raise malformed("NTFS data runs", f"{extents.clusters} clusters cannot hold {first.size} bytes")
    if first.flags & records.COMPRESSED:
        return CompressedStream(volume, extents, first.size, first.initialized, first.compression_unit)
    return NonResidentStream(volume, extents, first.size, first.initialized)
