from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop_local.ims.detect_format import DetectedFormat, detect
from tests.support import tiny_disks as disks

SIZE = 40 * disks.GIB


def detected(content: bytes, key: str = "disk.img", **rule: str) -> DetectedFormat:
    return detect(io.BytesIO(content), len(content), key, **rule)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (disks.qcow2(SIZE), "qcow2"),
        (disks.qcow2(SIZE, version=2), "qcow2"),
        (disks.qcow(SIZE), "qcow"),
        (disks.qed(SIZE), "qed"),
        (disks.vdi(SIZE), "vdi"),
        (disks.vhd(SIZE), "vhd"),
        (bytes(4096) + disks.vhd_footer(SIZE, (1, 1, 1), kind=2), "vhd"),
        (disks.vhdx(SIZE), "vhdx"),
        (disks.vmdk(SIZE), "vmdk"),
    ],
)
def test_format_and_capacity_are_read_from_the_header(content: bytes, format_: str) -> None:
    assert detected(content) == DetectedFormat(format_, SIZE)


def test_a_file_with_a_boot_sector_is_raw_with_its_size_as_capacity() -> None:
    assert detected(disks.raw(1 << 16)) == DetectedFormat("raw", 1 << 16)


def test_an_unknown_file_has_no_format() -> None:
    assert detected(b"hello world" * 100) == DetectedFormat(None)
    assert detected(b"") == DetectedFormat(None)


def test_zvhd2_is_detected_by_the_file_name() -> None:
    assert detected(b"anything", "a.b/disk.ZVHD2") == DetectedFormat("zvhd2")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (disks.vhd(SIZE, kind=4), "differencing"),
        (disks.vhdx(SIZE, differencing=True), "differencing"),
        (disks.vdi(SIZE, kind=4), "differencing"),
        (disks.vmdk(SIZE, parent="12ab34cd"), "delta"),
        (disks.qcow2(SIZE, backing=512), "backing"),
        (disks.qcow(SIZE, backing=512), "backing"),
        (disks.qed(SIZE, features=1), "backing"),
        (disks.qcow2(SIZE, crypt=2), "encrypted"),
        (b"# Disk DescriptorFile\nversion=1\n", "another file"),
        (disks.vhd(SIZE)[:-512], "footer"),
        (disks.vhdx(SIZE)[:4096], "cut short"),
        (disks.qed(SIZE)[:20], "cut short"),
    ],
)
def test_an_incomplete_disk_has_a_problem(content: bytes, word: str) -> None:
    found = detected(content)
    assert found.problem is not None
    assert word in found.problem


def test_the_capacity_of_a_vhd_follows_the_rule() -> None:
    larger = (1000, 16, 63)  # 516,096,000 bytes
    content = disks.vhd(400 << 20, geometry=larger)
    assert detected(content, vhd="largest").capacity == 1000 * 16 * 63 * 512
    assert detected(content, vhd="geometry").capacity == 1000 * 16 * 63 * 512
    assert detected(content, vhd="current").capacity == 400 << 20


def test_a_vhd_with_the_maximum_geometry_uses_the_current_size() -> None:
    content = disks.vhd(500 * disks.GIB, geometry=(65535, 16, 255))
    assert detected(content, vhd="geometry").capacity == 500 * disks.GIB


MAGICS = st.sampled_from(
    [b"", b"KDMV", b"QFI\xfb", b"QED\0", b"vhdxfile", b"conectix", b"\0" * 64 + b"\x7f\x10\xda\xbe"]
)


@given(MAGICS, st.binary(max_size=2048), st.booleans())
@settings(max_examples=150, deadline=None)
def test_detect_never_raises(magic: bytes, rest: bytes, footer: bool) -> None:
    detected(magic + rest + (b"conectix".ljust(512, b"\xff") if footer else b""))
