"""A minimal executable that objdump and `file` accept: one section, one entry point that returns 0."""

from __future__ import annotations

import struct

from samples.builder.recipe import MADE, Architecture

# (machine in the COFF header, machine code of `return 0`)
MACHINES: dict[Architecture, tuple[int, bytes]] = {
    "amd64": (0x8664, b"\x31\xc0\xc3"),
    "x86": (0x014C, b"\x31\xc0\xc3"),
    "arm64": (0xAA64, b"\x00\x00\x80\x52\xc0\x03\x5f\xd6"),
}
SUBSYSTEMS = {"native": 1, "gui": 2, "console": 3, "efi": 10, "boot": 16}

PE_OFFSET = 0x80


def stub(architecture: Architecture, subsystem: str, *, library: bool = False, alignment: int = 512) -> bytes:
    """A PE32+ file (PE32 for x86). PE format: COFF header, optional header, section table.

    `subsystem`: a key of SUBSYSTEMS. Header and section are padded to `alignment` bytes; below 512 the section has the
    same offset in memory as in the file.
    """
    machine, code = MACHINES[architecture]
    headers = _padded(PE_OFFSET + 24 + (240 if architecture != "x86" else 224) + 40, alignment)
    address = 4096 if alignment >= 512 else headers
    optional = _optional_header(architecture, SUBSYSTEMS[subsystem], headers, address, alignment)
    characteristics = 0x0022 | (0x2000 if library else 0) | (0x0100 if architecture == "x86" else 0)
    coff = struct.pack("<4sHHIIIHH", b"PE", machine, 1, int(MADE.timestamp()), 0, 0, len(optional), characteristics)
    size = _padded(len(code), alignment)
    section = struct.pack("<8s6I2HI", b".text", len(code), address, size, headers, 0, 0, 0, 0, 0x60000020)
    dos = (b"MZ".ljust(60, b"\0") + struct.pack("<I", PE_OFFSET)).ljust(PE_OFFSET, b"\0")
    return (dos + coff + optional + section).ljust(headers, b"\0") + code.ljust(size, b"\0")


def _optional_header(architecture: Architecture, subsystem: int, headers: int, address: int, alignment: int) -> bytes:
    wide = architecture != "x86"
    word, magic, image_base = ("Q", 0x20B, 1 << 32) if wide else ("I", 0x10B, 1 << 22)
    in_memory = 4096 if alignment >= 512 else alignment
    end = address + _padded(16, in_memory)
    start = struct.pack("<HBB5I", magic, 14, 0, _padded(16, alignment), 0, 0, address, address)
    data_base = b"" if wide else struct.pack("<I", 0)
    image = struct.pack(f"<{word}2I6H4I", image_base, in_memory, alignment, 10, 0, 10, 0, 10, 0, 0, end, headers, 0)
    runtime = struct.pack(f"<HH4{word}II", subsystem, 0x0160, 1 << 20, 4096, 1 << 20, 4096, 0, 16)
    return start + data_base + image + runtime + bytes(16 * 8)


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
