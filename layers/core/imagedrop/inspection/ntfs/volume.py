"""A volume: its geometry, its Master File Table ($MFT), and its files by their paths."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.ntfs import boot, records
from imagedrop.inspection.ntfs.file import File, stream
from imagedrop.inspection.ntfs.index import collation_key
from imagedrop.inspection.ntfs.records import Attribute, Record, Reference
from imagedrop.inspection.ntfs.runs import Extents, decode_runs
from imagedrop.inspection.ntfs.streams import NonResidentStream, Stream
from imagedrop.inspection.source import Range

MFT, VOLUME, ROOT = Reference(0, 0), Reference(3, 0), Reference(5, 0)
MFT_AHEAD = 128 * 1024  # bytes of the MFT that are read first: the oldest directories have the first records
VOLUME_INFORMATION = struct.Struct("<10xH")  # 10 2 flags
DIRTY = 1
FIRST_USER_RECORD = 24  # the records before it are the volume's own


class Volume:
    """Opened lazily. Raises Unreadable where its structures are malformed, PastEnd where the disk ends too early."""

    def __init__(self, disk: Container, start: int) -> None:
        self.start, self._disk = start, disk
        self.geometry = boot.parse(disk.read(start, 512))
        self.cluster_size = self.geometry.cluster_size
        self.known_children: dict[tuple[Reference, bytes], Reference] = {}
        self._files: dict[Reference, File] = {}
        self._mft: Stream | None = None

    def read(self, offset: int, length: int) -> bytes:
        end = offset + length
        if self.start + end > self._disk.size:
            if end > self.geometry.volume_size:
                raise malformed("NTFS structure", f"bytes {offset} to {end} of a volume of {self.geometry.volume_size}")
            raise PastEnd(self.start + offset, length, self._disk.size)
        return self._disk.read(self.start + offset, length)

    def charge_steps(self, steps: int) -> None:
        """For work on what has been read. Raises BudgetExceeded."""
        self._disk.file.charge_steps(steps)

    def prefetch(self, ranges: Sequence[Range]) -> None:
        self._disk.prefetch([(self.start + at, length) for at, length in ranges])

    def hint_tables(self, ranges: Sequence[Range]) -> None:
        self._disk.hint_tables([(self.start + at, length) for at, length in ranges])

    @property
    def dirty(self) -> bool:
        """Windows did not shut the volume down cleanly, or found a fault in it."""
        content = self.file(VOLUME).attribute(records.VOLUME_INFORMATION).content
        if content is None or len(content) < VOLUME_INFORMATION.size:
            raise malformed("NTFS volume information", "it is too short")
        (flags,) = VOLUME_INFORMATION.unpack_from(content)
        return bool(flags & DIRTY)

    def find(self, path: str) -> File | None:
        """The file or directory of a path from the root, such as Windows/System32; None where there is none."""
        root = self.file(ROOT)
        if not root.is_directory:
            raise malformed("NTFS volume", "its root is no directory")
        return root.find(path)

    def file(self, reference: Reference) -> File:
        if reference not in self._files:
            self._files[reference] = File(self, reference, self.record(reference))
        return self._files[reference]

    def record(self, reference: Reference) -> Record:
        """Raises Unreadable where it is not in use, or in use for another file."""
        size = self.geometry.record_size
        data = self._table().read(reference.number * size, size)
        record = records.parse(data, reference.number)
        if not record.flags & records.IN_USE or reference.sequence not in (0, record.sequence):
            raise malformed(f"MFT record {reference.number}", "it is unused or belongs to another file")
        return record

    def _table(self) -> Stream:
        """$MFT itself. Its first piece holds the list of its other pieces."""
        if self._mft is None:
            start, size = self.geometry.mft_offset, self.geometry.record_size
            self.prefetch([(start, MFT_AHEAD)])
            record = records.parse(self.read(start, size), 0)
            pieces = records.pieces(record.attributes, records.DATA, "")
            if not pieces or pieces[0].content is not None:
                raise malformed("$MFT", "it has no clusters")
            first = pieces[0]
            table = NonResidentStream(self, Extents(list(decode_runs(first.runs, 0))), first.size, first.initialized)
            table.hint_tables()
            self._learn_names(table, first)
            self._mft = table
            if records.pieces(record.attributes, records.LIST, ""):
                try:
                    pieces = File(self, MFT, record).attributes(records.DATA)
                except BaseException:
                    self._mft = None  # not all of it has been fetched
                    raise
                self._mft = stream(self, pieces)
        return self._mft

    def _learn_names(self, table: Stream, first: Attribute) -> None:
        """Remembers the names in the first records: they save reading their directories' index blocks."""
        run = next(decode_runs(first.runs, 0), None)
        size = self.geometry.record_size
        length = min(MFT_AHEAD, run.clusters * self.cluster_size, table.size) // size * size if run else 0
        data = table.read(0, length)
        for number in range(FIRST_USER_RECORD, length // size):
            for name, directory, record in records.file_names(data[number * size : (number + 1) * size], number):
                self.known_children[directory, collation_key(name)] = record
