"""No file that an image names is searched for or opened."""

from __future__ import annotations

import contextlib
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.inspection.images import error_ids, fixture, inspect_bytes, patched, qcow2
from tests.unit.inspection.test_refused import vhd, vmdk

NAME = b"/etc/passwd"
OUTSIDE = ("open", "os.", "socket.", "subprocess.", "shutil.", "glob.", "pathlib.", "urllib.")


class AuditRecorder:
    """Records what Python does outside its process, with an audit hook (PEP 578), which cannot be removed."""

    def __init__(self) -> None:
        self.on, self.events = False, list[str]()
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event.startswith(OUTSIDE):
            self.events.append(f"{event}{arguments}")


RECORDER = AuditRecorder()


@contextlib.contextmanager
def recorded() -> Iterator[list[str]]:
    """A list of what is done outside the process within the block."""
    RECORDER.events.clear()
    RECORDER.on = True
    try:
        yield RECORDER.events
    finally:
        RECORDER.on = False


def with_backing(data: bytes, at: int, layout: str) -> bytes:
    """`at`: where the header stores offset and length of the name, which is appended to the file."""
    return patched(data, (at, struct.pack(layout, len(data), len(NAME)))) + NAME


def with_data_file() -> bytes:
    extension = struct.pack(">II", 0x44415441, len(NAME)) + NAME.ljust(16, b"\0")
    return patched(qcow2(features=4), (104, extension))


def vhd_with_parent() -> bytes:
    """A differencing disk whose dynamic header has the parent's name and a locator for it."""
    data = vhd(4)
    name = NAME.decode().encode("utf-16-be").ljust(512, b"\0")
    locator = struct.pack(">4sIIIQ", b"W2ku", 1, len(NAME) * 2, 0, 2048)
    return patched(data, (512 + 64, name), (512 + 576, locator))


NAMING: dict[str, tuple[bytes, str]] = {
    "a.qcow2": (with_backing(qcow2(), 8, ">QI"), "image.backing_file"),
    "data.qcow2": (with_data_file(), "image.data_file"),
    "a.qcow": (with_backing(fixture("v1.qcow"), 8, ">QI"), "image.backing_file"),
    "a.qed": (patched(fixture("64k.qed") + NAME, (16, b"\1"), (56, struct.pack("<II", len(fixture("64k.qed")), 11))),
              "image.backing_file"),
    "a.vhd": (vhd_with_parent(), "image.differencing"),
    "a.vdi": (patched(fixture("dynamic.vdi"), (76, b"\4"), (424, b"\1" * 32)), "image.differencing"),
    "parent.vmdk": (vmdk(b"parentCID=ffffffff", b'parentCID=12345678\nparentFileNameHint="/etc/passwd"'),
                    "image.differencing"),
    "extent.vmdk": (vmdk(b"\nRW ", b'\nRW 1 FLAT "/etc/passwd" 0\nRW '), "image.data_file"),
    "descriptor.vmdk": (b'# Disk DescriptorFile\ncreateType="monolithicFlat"\nRW 2048 FLAT "/etc/passwd" 0\n',
                        "image.data_file"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMING)
def test_a_file_that_an_image_names_is_never_opened(name: str) -> None:
    data, finding = NAMING[name]
    assert finding in error_ids(inspect_bytes(data, name))  # this also imports every module that is needed
    with recorded() as events:
        inspect_bytes(data, name)
    assert events == []


def test_opening_a_file_is_recorded() -> None:
    with recorded() as events:
        Path(__file__).read_bytes()
    assert events
