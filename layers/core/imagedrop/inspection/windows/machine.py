"""The architecture of Windows' kernel, by the header of its file (PE/COFF).

0 2 "MZ"    60 4 offset of the PE header    PE header:  0 4 "PE" 0 0    4 2 machine
"""

from __future__ import annotations

import struct

from imagedrop.inspection.facts import Architecture
from imagedrop.inspection.windows.installation import Installation

KERNEL = "System32/ntoskrnl.exe"
MAX_HEADER = 4096
DOS_HEADER = struct.Struct("<2s58xI")
PE_HEADER = struct.Struct("<4sH")
MACHINES: dict[int, Architecture] = {0x8664: "x86_64", 0x14C: "x86", 0xAA64: "arm64"}


def kernel_architecture(windows: Installation) -> Architecture | None:
    file = windows.file(KERNEL)
    data = file.data() if file else None
    if data is None or data.size < DOS_HEADER.size:
        return None
    header = data.read(0, min(data.size, MAX_HEADER))
    dos_signature, pe_offset = DOS_HEADER.unpack_from(header)
    if dos_signature != b"MZ" or pe_offset + PE_HEADER.size > len(header):
        return None
    signature, machine = PE_HEADER.unpack_from(header, pe_offset)
    return MACHINES.get(machine) if signature == b"PE\0\0" else None
