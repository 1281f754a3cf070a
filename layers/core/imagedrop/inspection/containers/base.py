"""What every format comes down to: a map from places on the virtual disk to places in the file.

A format implements `open` (headers -> attributes) and `map` (place -> Piece); reading, bounds, unpacking and caching
are here, once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.block_cache import BLOCK, MAX_READ, WINDOW, BlockCache
from imagedrop.inspection.containers.extents import MAX_UNIT, Compressed, Piece, Stored, Zero, file_range
from imagedrop.inspection.errors import PastEnd, malformed
from imagedrop.inspection.facts import Format
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.replay import NotFetched, fetch_together
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import ClassVar

HINTED_TABLES_MOST = 8  # blocks
UNPACKED_MOST = 4 * MAX_UNIT  # unpacked units kept
UNPACKED_A_STEP = 256  # bytes
# They read the parent of a VHD or VHDX too.
HYPER_V_TOOLS = "`Convert-VHD -Path CHILD.vhdx -DestinationPath whole.vhdx`, `Merge-VHD` (PowerShell, Hyper-V)"


class Container:
    """One image file. After `open` the attributes say what it is; after a failed one, what was learned until then."""

    format: ClassVar[Format]
    table_window: ClassVar[int] = 2 * WINDOW  # bytes of a table that are fetched where one entry is needed

    def __init__(self, file: BlockCache, report: FindingsReport) -> None:
        self.file, self.report = file, report
        self.variant: str | None = None
        self.virtual_size: int | None = None
        self.sector_size: int | None = None  # None: the format does not say
        self.whole = False  # the headers alone prove that the file is not cut off
        self._unpacked: dict[int, bytes] = {}  # the one used last is last

    def open(self) -> None:
        """Reads the headers. Raises Unreadable where the disk inside cannot or must not be read."""
        raise NotImplementedError

    def map(self, offset: int) -> Piece:
        """The piece that holds byte `offset` of the disk; Stored and Zero begin there. Its length is at least 1."""
        raise NotImplementedError

    def tables(self, offset: int, length: int) -> Iterable[Range]:
        """Where in the file the tables lie that mapping this range will read: a hint for reading them at once."""
        return ()

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes of the disk at `offset`."""
        if length > MAX_READ:
            raise ValueError(f"{length} bytes in one read")
        pieces = list(self._pieces(offset, length))
        if len(pieces) == 1:
            return self._bytes(*pieces[0])
        return b"".join(fetch_together(*[partial(self._bytes, *one) for one in pieces]))

    def prefetch(self, ranges: Sequence[Range]) -> None:
        """Brings independent places of the disk in at once. Never fails: what is wrong shows when it is read."""
        inside = [(at, min(length, self.size - at)) for at, length in ranges if 0 <= at < self.size]
        self.prefetch_tables(inside)
        self.file.prefetch(
            [place for places in fetch_together(*[partial(self._places, *one) for one in inside]) for place in places]
        )

    def prefetch_tables(self, ranges: Sequence[Range]) -> None:
        """Brings in only what mapping these places reads. Never fails."""
        tables = fetch_together(*[partial(self._tables, *one) for one in ranges])
        self.file.prefetch([table for found in tables for table in found], self.table_window)

    def hint_tables(self, ranges: Sequence[Range]) -> None:
        """These places of the disk will be read later: what mapping them reads may come along, unless it is much."""
        try:
            tables = [table for one in ranges for table in self._tables(*one)]
        except NotFetched:
            return
        if sum(length // BLOCK + 1 for _, length in tables) <= HINTED_TABLES_MOST:
            self.file.hint(tables)

    def check_stored(self, offset: int, length: int = 1) -> None:
        """Raises PastEnd where what is at `offset` of the disk should lie behind the end of the file."""
        for piece, _, take in self._pieces(offset, min(length, self.size - offset)):
            if not isinstance(piece, Zero):
                needed = piece.stored if isinstance(piece, Compressed) else take
                if piece.offset + needed > self.file.size:
                    raise PastEnd(piece.offset, needed, self.file.size)

    def must_reach(self, end: int, what: str) -> None:
        """Says that the file is cut off where `what`, a part of it, ends behind the file's end."""
        if end > self.file.size:
            self.report.add(kinds.TRUNCATED, why=f"{what} ends at byte {end}, behind the file's end")

    @property
    def size(self) -> int:
        assert self.virtual_size is not None
        return self.virtual_size

    def _pieces(self, offset: int, length: int) -> Iterator[tuple[Piece, int, int]]:
        """(piece, bytes of it to skip, bytes of it to take), one after the other."""
        end = offset + length
        if not 0 <= offset <= end <= self.size:
            raise malformed("content of the disk", f"it leads to bytes {offset} to {end} of a disk of {self.size}")
        while offset < end:
            piece = self.map(offset)
            skip = offset - piece.start if isinstance(piece, Compressed) else 0
            take = min(piece.length - skip, end - offset)
            if take <= 0:
                raise ValueError(f"nothing is mapped at {offset}")
            yield piece, skip, take
            offset += take

    def _tables(self, offset: int, length: int) -> list[Range]:
        found: list[Range] = []
        with self.report.discard_findings():
            found += self.tables(offset, length)
        return found

    def _places(self, offset: int, length: int) -> list[Range]:
        """Where in the file these bytes of the disk lie."""
        found: list[Range] = []
        with self.report.discard_findings():
            for piece, skip, take in self._pieces(offset, length):
                if not isinstance(piece, Zero):
                    found.append(file_range(piece, skip, take))
        return found

    def table_entry(self, at: int, length: int) -> bytes:
        """An entry of a table in the file."""
        return self.file.read(at, length, self.table_window)

    def _bytes(self, piece: Piece, skip: int, take: int) -> bytes:
        if isinstance(piece, Zero):
            return bytes(take)
        if isinstance(piece, Stored):
            return self.file.read(piece.offset, take)
        return self._unit(piece)[skip : skip + take]

    def _unit(self, piece: Compressed) -> bytes:
        unit = self._unpacked.pop(piece.start, None)
        if unit is None:
            if piece.length > MAX_UNIT or piece.stored > 2 * MAX_UNIT:
                raise ValueError(f"a compressed unit of {piece.length} bytes in {piece.stored}")
            self.file.charge_steps(piece.length // UNPACKED_A_STEP)
            unit = piece.unpack(self.file.read(piece.offset, piece.stored), piece.length)
            if len(unit) < min(piece.length, self.size - piece.start):
                raise malformed("compressed data", f"it unpacks to {len(unit)} bytes, {piece.length} were expected")
        self._unpacked[piece.start] = unit
        while len(self._unpacked) * piece.length > max(UNPACKED_MOST, piece.length):
            del self._unpacked[next(iter(self._unpacked))]
        return unit
