"""Raw: the disk's bytes as they are, with no header at all. And the two formats that nobody can look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.extents import Piece, Stored
from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.facts import Format

if TYPE_CHECKING:
    from typing import ClassVar


class Raw(Container):
    format = "raw"

    def open(self) -> None:
        self.variant, self.virtual_size = "flat", self.file.size

    def map(self, offset: int) -> Piece:
        return Stored(self.size - offset, offset)


class Zvhd(Container):
    """ZVHD and ZVHD2 are Huawei's own; their layout is not public."""

    format: ClassVar[Format] = "zvhd"

    def open(self) -> None:
        raise Unreadable(kinds.CLOSED_FORMAT, format=self.format)


class Zvhd2(Zvhd):
    format = "zvhd2"
