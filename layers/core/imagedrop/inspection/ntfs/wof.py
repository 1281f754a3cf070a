"""Files that the Windows Overlay Filter packed (CompactOS): a reparse point says how, a stream of its own holds all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.inspection.ntfs import records
from imagedrop.inspection.ntfs.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagedrop.inspection.ntfs.file import File

STREAM = "WofCompressedData"


def unpacked(file: File, work: Callable[[int], None]) -> Stream | None:
    """The content of a file that is packed so; None of any other. `work` charges for unpacking. Raises Unreadable."""
    points = file.attributes(records.REPARSE_POINT)
    if not points or (packed := file.stream(STREAM)) is None:
        return None
    from imagedrop.inspection.unpack.wof import WofStream, wof_algorithm  # few images need it

    algorithm = wof_algorithm(points[0].content or b"")
    size = file.attribute(records.DATA).size
    return None if algorithm is None else WofStream(packed, algorithm, size, work)
