"""Files that the Windows Overlay Filter compressed (CompactOS), into a stream of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.inspection.ntfs import records
from imagedrop.inspection.ntfs.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagedrop.inspection.ntfs.file import File

STREAM = "WofCompressedData"


def wof_content(file: File, charge_steps: Callable[[int], None]) -> Stream | None:
    """The content of such a file; None of any other. Raises Unreadable."""
    points = file.attributes(records.REPARSE_POINT)
    if not points or (compressed := file.stream(STREAM)) is None:
        return None
    from imagedrop.inspection.unpack.wof import WofStream, wof_algorithm  # few images need it

    algorithm = wof_algorithm(points[0].content or b"")
    size = file.attribute(records.DATA).size
    return None if algorithm is None else WofStream(compressed, algorithm, size, charge_steps)
