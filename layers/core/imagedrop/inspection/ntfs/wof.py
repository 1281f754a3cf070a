"""Files that the Windows Overlay Filter packed (CompactOS): a reparse point says how, a stream of its own holds them.

Reparse point (MS-FSCC 2.1.2): 0 4 tag, 0x80000017   4 2 length   8 content:
    0 4 version 1   4 4 provider, 2: each file by itself   8 4 version 1   12 4 algorithm
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.ntfs import records
from imagedrop.inspection.ntfs.streams import Cut, Stream

if TYPE_CHECKING:
    from imagedrop.inspection.ntfs.volume import File

TAG = 0x80000017
EACH_FILE = 2
STREAM = "WofCompressedData"


def unpacked(file: File) -> Stream | None:
    """The content of a file that is packed so; None of any other. Raises Unreadable."""
    packed = file.stream(STREAM)
    points = file.attributes(records.REPARSE_POINT)
    if packed is None or not points:
        return None
    content = points[0].content or b""
    if len(content) < 24 or struct.unpack_from("<I", content)[0] != TAG:
        return None
    version, provider, _, algorithm = struct.unpack_from("<IIII", content, 8)
    if version != 1 or provider != EACH_FILE:
        raise malformed("packed NTFS file", f"provider {provider}, version {version} of the overlay filter")
    size = file.attribute(records.DATA).size
    raise NotImplementedError
