"""A volume: its geometry, its table of files ($MFT), and the files by their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.ntfs import boot, records
from imagedrop.inspection.ntfs.file import File, stream
from imagedrop.inspection.ntfs.index import collated
from imagedrop.inspection.ntfs.records import Attribute, Record, Reference
from imagedrop.inspection.ntfs.runs import Extents, decode
from imagedrop.inspection.ntfs.streams import Plain, Stream
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

MFT, VOLUME, ROOT = Reference(0, 0), Reference(3, 0), Reference(5, 0)
AHEAD = 128 * 1024  # of the MFT: the first directories that were made have the first records
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

    def work(self, steps: int) -> None:
        """Charges work on what has been read. Raises BudgetExceeded."""
        self._disk.file.charge_steps(steps)

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
            first = records.pieces(record.attributes, records.DATA, "")
            if not first or first[0].content is not None:
                raise malformed("$MFT", "it has no clusters")
            table = Plain(self, Extents(list(decode(first[0].runs, 0))), first[0].size, first[0].written)
            table.hint_tables()
            self._learn(table, first[0])
            self._mft = table
            if records.pieces(record.attributes, records.LIST, ""):
                try:
                    pieces = File(self, MFT, record).attributes(records.DATA)
                except BaseException:
                    self._mft = None  # not all of it is here yet
                    raise
                self._mft = stream(self, pieces)
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
