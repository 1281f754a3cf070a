"""Raw: the bytes of the disk without a header. Also ZVHD and ZVHD2, which nobody but Huawei can read."""

from __future__ import annotations

from typing import ClassVar

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.containers.base import Container
from imagedrop.inspection.containers.extents import Piece, Stored
from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.facts import Format


class Raw(Container):
    format = "raw"

    def open(self) -> None:
        self.variant, self.virtual_size = "flat", self.file.size

    def map(self, offset: int) -> Piece:
        return Stored(self.size - offset, offset)


class Zvhd(Container):
    """ZVHD and ZVHD2 are Huawei's own formats; their layout is not public."""

    format: ClassVar[Format] = "zvhd"

    def open(self) -> None:
        raise Unreadable(kinds.CLOSED_FORMAT, format=self.format)


class Zvhd2(Zvhd):
    format = "zvhd2"
