"""Windows disks made by hand: hives with every kind of list, compressed kernels, fragmented files."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.unit.inspection.hostile.bombs import lznt1_hive, qcow2_hive
from tests.unit.inspection.hostile.trees import deep
from tests.unit.inspection.hostile.windows import (
    DWORD,
    MULTI,
    SZ,
    Disk,
    KeyTreeBuilder,
    dword,
    software,
    system,
    text,
    windows,
)
from tests.unit.inspection.ntfs import crafted
from tests.unit.inspection.ntfs.contents import reparse_point
from tests.unit.inspection.ntfs.crafted import DATA, REPARSE, non_resident, resident
from tests.unit.inspection.registry.hives import NAMES, fixture
from tests.unit.inspection.unpack.packers import pack_lzx, pack_xpress
from tests.unit.inspection.unpack.samples import sample

KERNEL = b"MZ".ljust(60, b"\0") + struct.pack("<I", 128).ljust(68, b"\0") + b"PE\0\0\x64\x86" + sample()
ALGORITHMS: dict[str, tuple[int, int, Callable[[bytes], bytes]]] = {
    "xpress": (0, 4096, pack_xpress),
    "lzx": (1, 32768, pack_lzx),
}


def of_hive(name: str) -> bytes:
    """Both hives are this fixture, which hivex or a builder of the tests made."""
    return windows(fixture(name), fixture(name))


def with_network() -> bytes:
    """Hives with services, and with interfaces that have addresses."""
    addresses = (text("192.168.0.1") + text("10.0.0.1")).ljust(80, b"\0")
    fixed = {"": [("EnableDHCP", DWORD, dword(0)), ("IPAddress", MULTI, addresses)]}
    driver = {"": [("Start", DWORD, dword(0)), ("ImagePath", SZ, text("\\SystemRoot\\System32\\config\\SYSTEM"))],
              "StartOverride": {"": [("0", DWORD, dword(3))]}}  # fmt: skip
    return windows(b"", system({"viostor": driver, "netkvm": driver}, {"one": fixed, "two": fixed}))


def of_packed_kernel(how: str) -> bytes:
    """Only the kernel, which WOF compressed, states the architecture."""
    algorithm, size, pack = ALGORITHMS[how]
    chunks = [pack(KERNEL[at : at + size]) for at in range(0, len(KERNEL), size)]
    ends = [sum(map(len, chunks[:count])) for count in range(1, len(chunks))]
    packed = struct.pack(f"<{len(ends)}I", *ends) + b"".join(chunks)
    disk = Disk()
    clusters = -(-len(packed) // crafted.CLUSTER)
    kernel = disk.file(
        non_resident(DATA, crafted.runs([(-(-len(KERNEL) // crafted.CLUSTER), None)]), len(KERNEL)),
        non_resident(DATA, crafted.runs([(clusters, disk.stored(packed))]), len(packed), "WofCompressedData"),
        resident(REPARSE, reparse_point(algorithm)),
    )
    silent = KeyTreeBuilder.hive({"Select": {"": [("Current", DWORD, dword(1))]}, "ControlSet001": {"Services": {}}})
    bare = software(("EditionID", SZ, text("ServerDatacenter")), ("CurrentBuildNumber", SZ, text("20348")))
    return disk.windows(disk.content(bare), disk.content(silent), **{"ntoskrnl.exe": kernel})


CRAFTED: dict[str, Callable[[], bytes]] = {f"{name}-hives.raw": lambda name=name: of_hive(name) for name in NAMES}  # type: ignore[misc]
CRAFTED |= {f"{how}-kernel.raw": lambda how=how: of_packed_kernel(how) for how in ALGORITHMS}  # type: ignore[misc]
CRAFTED |= {
    "network.raw": with_network,
    "packed-hive.raw": lambda: lznt1_hive(20, 16),
    "deep.raw": lambda: deep(4, 4096),
    "packed-hive.qcow2": lambda: qcow2_hive(4, 21),
}
