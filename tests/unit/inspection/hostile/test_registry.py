"""Hostile registries: they cost little to read, and the facts and findings from them stay short."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from tests.unit.inspection.hostile.limits import inspect_within_limits
from tests.unit.inspection.hostile.windows import (
    BINARY,
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
from tests.unit.inspection.images import MIB

DRIVERS = ("viostor", "vioscsi", "netkvm", "balloon", "vioser")


def drivers(image_path: str) -> bytes:
    values = [("Start", DWORD, dword(0)), ("ImagePath", SZ, text(image_path))]
    return system(services={name: {"": values} for name in DRIVERS})


def test_a_windows_made_by_hand_is_read() -> None:
    facts = inspect_within_limits(windows()).facts.windows
    assert facts
    assert (facts.product_name, facts.build) == ("Windows Server 2022 Datacenter", 20348)
    assert facts.os_version == "Windows Server 2022 Datacenter 64bit"


def values_of(count: int, length: int) -> bytes:
    """A product key with `count` values whose data are all in the same cell."""
    builder = KeyTreeBuilder()
    data = builder.cell(bytes(length))
    names = ["ProductName", "EditionID", "DisplayVersion", "InstallationType", "BuildLabEx"]
    names += [f"value {number}" for number in range(count - len(names))]
    offsets = [builder.raw_value(name, length, struct.pack("<I", data), BINARY) for name in names]
    return builder.bytes(builder.path(offsets, "ROOT", "Microsoft", "Windows NT", "CurrentVersion"))


def children(kind: bytes, leaves: int) -> bytes:
    """A SYSTEM hive whose Services key has the same child 65,535 times, or that in each of `leaves` lists."""
    builder = KeyTreeBuilder()
    clue = b"" if kind == b"li" else bytes(4)
    child = builder.key("child")
    leaf = builder.cell(kind + b"\xff\xff" + (struct.pack("<I", child) + clue) * 65535)
    listed = builder.root_of([leaf] * leaves) if leaves else leaf
    services = builder.key("Services", (65535, listed))
    current = builder.key("ControlSet001", (1, builder.leaf(b"lh", [(services, "Services")])))
    select = builder.with_values(builder.value("Current", DWORD, dword(1), inline=True))
    both = builder.leaf(b"lh", [(current, "ControlSet001"), (select, "Select")])
    return builder.bytes(builder.key("ROOT", (2, both)))


def circle(hive: bytes) -> bytes:
    """A Windows folder that contains itself."""
    disk = Disk()
    config = disk.folder({"SOFTWARE": disk.content(software()), "SYSTEM": disk.content(hive)})
    folder = disk.folder({"config": config, "drivers": disk.folder({})})
    return disk.root({"Windows": disk.folder({"System32": folder, "a": folder + 1})})


ADDRESSES = ("\0".join(f"10.{at // 256}.{at % 256}.1" for at in range(2500)) + "\0").encode("utf-16-le")
FIXED = {"": [("EnableDHCP", DWORD, dword(0)), ("IPAddress", MULTI, ADDRESSES)]}
REGISTRY: dict[str, Callable[[], bytes]] = {
    "names of 30,000 characters": lambda: windows(
        software(*[(name, SZ, text("x" * 30_000)) for name in ("ProductName", "EditionID", "DisplayVersion")])
    ),
    "an image state of 30,000 characters": lambda: windows(
        KeyTreeBuilder.hive({"Microsoft": {"Windows": {"CurrentVersion": {"Setup": {"State": {
            "": [("ImageState", SZ, text("x" * 30_000))]}}}}}})
    ),
    "values of 1 MiB": lambda: windows(values_of(4096, MIB)),
    "values of 64 KiB": lambda: windows(values_of(4096, 1 << 16)),
    "more values than a key can have": lambda: windows(values_of(5000, 8)),
    "the same child 65,535 times, by hash": lambda: windows(b"", children(b"lh", 0)),
    "the same child 65,535 times, without hash": lambda: windows(b"", children(b"li", 0)),
    "65,535 lists of 65,535 children": lambda: windows(b"", children(b"lh", 65535)),
    "2,500 addresses on each of 32 interfaces": lambda: windows(
        b"", system(interfaces={f"interface {at}": FIXED for at in range(32)})
    ),
    "a driver below 15,000 equal folders": lambda: circle(drivers("\\SystemRoot\\" + "a\\" * 15_000 + "x.sys")),
    "a driver with a name of 30,000 characters": lambda: windows(b"", drivers("System32\\" + "я" * 30_000)),
}  # fmt: skip


@pytest.mark.parametrize("case", REGISTRY)
def test_a_hostile_registry_stays_within_the_limits(case: str) -> None:
    inspect_within_limits(REGISTRY[case]())


def test_only_a_few_of_very_many_addresses_are_reported() -> None:
    inspection = inspect_within_limits(REGISTRY["2,500 addresses on each of 32 interfaces"]())
    assert 0 < len([finding for finding in inspection.findings if finding.id == "image.static_address"]) <= 10


def test_long_texts_are_cut() -> None:
    builder = KeyTreeBuilder()
    key = builder.opened(
        builder.with_values(builder.value("long", SZ, text("x" * 30_000)), builder.value("short", SZ, text("y")))
    )
    assert key.values("long", "short") == {"long": "x" * 4096, "short": "y"}
