"""What every format is in the end: a map from offsets of the virtual disk to offsets of the file.

A format implements `open` (headers -> attributes) and `map` (offset -> Piece). Reading, bounds checks, decompression
and caching are here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import ClassVar

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import BLOCK, MAX_READ, WINDOW, BlockCache
from imagedrop.inspection.containers.extents import MAX_UNIT, Compressed, Piece, Stored, Zero, file_range
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.facts import Format
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.replay import NotFetched, fetch_together
from imagedrop.inspection.source import Range

MAX_HINTED_TABLES = 8  # blocks
MAX_UNPACKED = 4 * MAX_UNIT  # bytes of decompressed units that are kept
UNPACKED_PER_STEP = 256  # bytes
MAX_FILE_NAME = 1023  # bytes
# They read the parent of a VHD or VHDX too.
HYPER_V_TOOLS = "`Convert-VHD -Path CHILD.vhdx -DestinationPath whole.vhdx`, `Merge-VHD` (PowerShell, Hyper-V)"


class Container:
    """One image file. After `open` the attributes describe it; where `open` failed, as far as it came."""

    format: ClassVar[Format]
    table_window: ClassVar[int] = 2 * WINDOW  # bytes of a table that are fetched where one entry is needed

    def __init__(self, file: BlockCache, report: FindingsReport) -> None:
        self.file, self.report = file, report
        self.variant: str | None = None
        self.virtual_size: int | None = None
        self.sector_size: int | None = None  # None: the format does not state it
        self.end_checked = False  # the headers alone prove that the file is not cut off
        self._unpacked: dict[int, bytes] = {}  # least recently used first

    def open(self) -> None:
        """Reads the headers. Raises Unreadable where the disk inside cannot or must not be read."""
        raise NotImplementedError

    def map(self, offset: int) -> Piece:
        """The piece that holds byte `offset` of the disk; Stored and Zero begin there. Its length is at least 1."""
        raise NotImplementedError

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        """Ranges of the file that `map` will read for this range of the disk, so that they can be read at once."""
        return ()

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes of the disk at `offset`."""
        if length > MAX_READ:
            raise ValueError(f"{length} bytes in one read")
        pieces = list(self._pieces(offset, length))
        if len(pieces) == 1:
            return self._piece_bytes(*pieces[0])
        return b"".join(fetch_together(*[partial(self._piece_bytes, *piece) for piece in pieces]))

    def prefetch(self, ranges: Sequence[Range]) -> None:
        """Fetches independent ranges of the disk at once. Never fails: errors show when the range is read."""
        inside = [(offset, min(length, self.size - offset)) for offset, length in ranges if 0 <= offset < self.size]
        self.prefetch_tables(inside)
        stored = fetch_together(*[partial(self._stored_ranges, *disk_range) for disk_range in inside])
        self.file.prefetch(chain.from_iterable(stored))

    def prefetch_tables(self, ranges: Sequence[Range]) -> None:
        """Fetches only the tables that `map` reads for these ranges of the disk. Never fails."""
        tables = fetch_together(*[partial(self._table_ranges, *disk_range) for disk_range in ranges])
        self.file.prefetch(chain.from_iterable(tables), self.table_window)

    def hint_tables(self, ranges: Sequence[Range]) -> None:
        """Fetches the tables for these ranges of the disk with the next request, unless they are large."""
        try:
            tables = [table for disk_range in ranges for table in self._table_ranges(*disk_range)]
        except NotFetched:
            return
        if sum(length // BLOCK + 1 for _, length in tables) <= MAX_HINTED_TABLES:
            self.file.hint(tables)

    def check_stored(self, offset: int, length: int = 1) -> None:
        """Raises PastEnd where this range of the disk would lie past the end of the file."""
        for piece, _, take in self._pieces(offset, min(length, self.size - offset)):
            if not isinstance(piece, Zero):
                needed = piece.stored if isinstance(piece, Compressed) else take
                if piece.offset + needed > self.file.size:
                    raise PastEnd(piece.offset, needed, self.file.size)

    def check_end(self, end: int, what: str) -> None:
        """Reports that the file is cut off where `what`, a part of it, ends past the file's end."""
        if end > self.file.size:
            self.report.add(kinds.TRUNCATED, why=f"{what} ends at byte {end}, past the end of the file")

    @property
    def size(self) -> int:
        assert self.virtual_size is not None
        return self.virtual_size

    def table_entry(self, offset: int, length: int) -> bytes:
        """An entry of a table in the file."""
        return self.file.read(offset, length, self.table_window)

    def file_name(self, offset: int, length: int) -> str:
        """The name of another file, as the header refers to it."""
        return self.file.read(offset, min(length, MAX_FILE_NAME)).decode("utf-8", "replace")

    def _pieces(self, offset: int, length: int) -> Iterator[tuple[Piece, int, int]]:
        """(piece, bytes of it to skip, bytes of it to take), in the order of the disk."""
        end = offset + length
        if not 0 <= offset <= end <= self.size:
            raise malformed("content of the disk", f"it refers to bytes {offset} to {end} of a disk of {self.size}")
        while offset < end:
            piece = self.map(offset)
            skip = offset - piece.start if isinstance(piece, Compressed) else 0
            take = min(piece.length - skip, end - offset)
            if take <= 0:
                raise ValueError(f"nothing is mapped at {offset}")
            yield piece, skip, take
            offset += take

    def _table_ranges(self, offset: int, length: int) -> list[Range]:
        ranges: list[Range] = []
        with self.report.discard_findings():
            ranges += self.tables(offset, length)
        return ranges

    def _stored_ranges(self, offset: int, length: int) -> list[Range]:
        """Where in the file these bytes of the disk lie."""
        ranges: list[Range] = []
        with self.report.discard_findings():
            for piece, _, take in self._pieces(offset, length):
                if not isinstance(piece, Zero):
                    ranges.append(file_range(piece, take))
        return ranges

    def _piece_bytes(self, piece: Piece, skip: int, take: int) -> bytes:
        if isinstance(piece, Zero):
            return bytes(take)
        if isinstance(piece, Stored):
            return self.file.read(piece.offset, take)
        return self._unpack(piece)[skip : skip + take]

    def _unpack(self, piece: Compressed) -> bytes:
        unit = self._unpacked.pop(piece.start, None)
        if unit is None:
            if piece.length > MAX_UNIT or piece.stored > 2 * MAX_UNIT:
                raise ValueError(f"a compressed unit of {piece.length} bytes in {piece.stored}")
            self.file.charge_steps(piece.length // UNPACKED_PER_STEP)
            unit = piece.unpack(self.file.read(piece.offset, piece.stored), piece.length)
            if len(unit) < min(piece.length, self.size - piece.start):
                raise malformed("compressed data", f"it unpacks to {len(unit)} bytes, {piece.length} were expected")
        self._unpacked[piece.start] = unit
        while len(self._unpacked) * piece.length > max(MAX_UNPACKED, piece.length):
            del self._unpacked[next(iter(self._unpacked))]
        return unit
