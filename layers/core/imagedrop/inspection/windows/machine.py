"""The processor that Windows' kernel is made for, by the header of its file (PE/COFF):

0 2 "MZ"    60 4 place of "PE" 0 0    4 bytes behind that place: 2 bytes of machine
"""

from __future__ import annotations

import struct

from imagedrop.inspection.facts import Architecture
from imagedrop.inspection.windows.installation import Installation

KERNEL = "System32/ntoskrnl.exe"
HEADER_MOST = 4096
MACHINES: dict[int, Architecture] = {0x8664: "x86_64", 0x14C: "x86", 0xAA64: "arm64"}


def of_kernel(windows: Installation) -> Architecture | None:
    file = windows.file(KERNEL)
    data = file.data() if file else None
    if data is None or data.size < 64:
        return None
    head = data.read(0, min(data.size, HEADER_MOST))
    (at,) = struct.unpack_from("<I", head, 60)
    if not head.startswith(b"MZ") or at + 6 > len(head) or head[at : at + 4] != b"PE\0\0":
        return None
    return MACHINES.get(struct.unpack_from("<H", head, at + 4)[0])
