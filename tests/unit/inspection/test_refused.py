"""Images that need another file are refused, and no file that an image names is opened."""

from __future__ import annotations

import struct
from uuid import UUID

import pytest

from imagedrop.findings import Finding
from imagedrop.findings.catalogue import text_of
from imagedrop.inspection import Inspection
from tests.unit.inspection.images import (
    disk_finding_ids,
    error_ids,
    fixture,
    inspect_bytes,
    patched,
    qcow2,
    resealed_vhdx,
    vmdk_with_footer,
)

PARENT = b"/etc/passwd"


def vhd(kind: int) -> bytes:
    """The dynamic VHD with another disk type, both footers with right checksums."""
    data = bytearray(fixture("dynamic.vhd"))
    for at in (0, len(data) - 512):
        data[at + 60 : at + 64] = struct.pack(">I", kind)
        data[at + 64 : at + 68] = bytes(4)
        data[at + 64 : at + 68] = struct.pack(">I", ~sum(data[at : at + 512]) & 0xFFFFFFFF)
    return bytes(data)


def vhdx_metadata(data: bytes, guid: str) -> int:
    """The offset of the value of a metadata item."""
    table = data.index(b"metadata")
    entry = data.index(UUID(guid).bytes_le, table)
    return table + int(struct.unpack_from("<I", data, entry + 16)[0])


def vmdk(old: bytes, new: bytes) -> bytes:
    """The sparse VMDK with a part of its descriptor replaced, lengths kept."""
    data = fixture("sparse.vmdk")
    at = data.index(b"# Disk DescriptorFile")
    text = data[at : at + 10_240].replace(old, new).rstrip(b"\0")
    assert old in data[at : at + 10_240]
    return patched(data, (at, text.ljust(10_240, b"\0")))


def with_parent_locator(data: bytes, *pairs: tuple[str, str], count: int | None = None) -> bytes:
    """The VHDX as a differencing disk, its metadata with a parent locator of `pairs`."""
    at = vhdx_metadata(data, "caa16737-fa36-4d43-b3b6-33f0aa44e76b")
    region = data.index(b"metadata")
    (items,) = struct.unpack_from("<H", data, region + 10)
    entries, texts = b"", b""
    for key, value in pairs:
        encoded = key.encode("utf-16-le"), value.encode("utf-16-le")
        start = 20 + 12 * len(pairs) + len(texts)
        entries += struct.pack("<IIHH", start, start + len(encoded[0]), len(encoded[0]), len(encoded[1]))
        texts += encoded[0] + encoded[1]
    header = bytes(18) + struct.pack("<H", len(pairs) if count is None else count)
    locator = header + entries + texts
    guid = bytes.fromhex("2d5fd3a80bb34d45abf7d3d84834ab0c")
    entry = guid + struct.pack("<III4x", 0x18000, len(locator), 4)
    table = (region + 10, struct.pack("<H", items + 1)), (region + 32 + 32 * items, entry)
    return patched(data, (at + 4, struct.pack("<I", 2)), *table, (region + 0x18000, locator))


def differencing(data: bytes, name: str) -> Finding:
    """The only finding of the image: that it is a differencing disk."""
    inspection = inspect_bytes(data, name)
    only(inspection, "image.differencing")
    return next(finding for finding in inspection.findings if finding.id == "image.differencing")


def only(inspection: Inspection, finding: str) -> None:
    assert error_ids(inspection) == {finding}
    assert inspection.facts.partition_table is None


def test_a_differencing_vhd_is_refused() -> None:
    inspection = inspect_bytes(vhd(4), "a.vhd")
    only(inspection, "image.differencing")
    assert (inspection.facts.format, inspection.facts.variant, inspection.facts.virtual_size) == (
        "vhd",
        "differencing",
        12_603_392,
    )


def vhd_with_parent(name: str, *locators: tuple[bytes, int, int]) -> bytes:
    """A differencing VHD whose dynamic header, at 512, has `name` and locators of (code, length, offset)."""
    packed = b"".join(struct.pack(">4s4xI4xQ", *locator) for locator in locators)
    return patched(vhd(4), (512 + 64, name.encode("utf-16-be").ljust(512, b"\0")), (512 + 576, packed))


def test_the_parent_of_a_vhd_is_given_by_the_name_in_its_dynamic_header() -> None:
    found = differencing(vhd_with_parent("C:\\vm\\基础 base.vhd", (b"W2ku", 8, 0)), "a.vhd")
    assert "names its parent as: C:\\vm\\基础 base.vhd." in found.message
    assert "C:\\vm\\基础 base.vhd" in text_of(found, "zh")[0]


def test_the_parent_of_a_vhd_without_a_name_is_given_by_its_first_windows_locator() -> None:
    path = ".\\base.vhd".encode("utf-16-le")
    data = vhd_with_parent("", (b"Mac ", 9, 0), (b"W2ru", len(path), 4096))
    assert "names its parent as: .\\base.vhd." in differencing(patched(data, (4096, path)), "a.vhd").message


@pytest.mark.parametrize(
    "data",
    [
        vhd_with_parent("", (b"W2ru", 20, 1 << 60)),
        vhd_with_parent("", (b"W2ru", 0, 0)),
        vhd_with_parent(""),
        patched(vhd(4), (512, b"not cxsparse")),
    ],
    ids=["locator past the end", "empty locator", "no locator", "no dynamic header"],
)
def test_a_vhd_whose_parent_is_not_named_is_still_a_differencing_disk(data: bytes) -> None:
    assert "names its parent as: ?." in differencing(data, "a.vhd").message


def test_the_name_of_a_parent_is_bounded_and_has_no_control_characters() -> None:
    message = differencing(vhd_with_parent("\x1b[2J\n\u202e" + "x" * 250), "a.vhd").message
    assert message.isprintable()
    assert "x" * 150 in message
    assert "x" * 160 not in message
    path = "\x1b" + "y" * 30_000
    data = with_parent_locator(fixture("dynamic.vhdx"), ("relative_path", path))
    message = differencing(data, "a.vhdx").message
    assert message.isprintable()
    assert "y" * 160 not in message


@pytest.mark.parametrize(
    ("pairs", "parent"),
    [
        (
            [("parent_linkage", "{1}"), ("absolute_win32_path", "C:\\b.vhdx"), ("relative_path", ".\\b.vhdx")],
            ".\\b.vhdx",
        ),
        ([("absolute_win32_path", "C:\\b.vhdx"), ("relative_path", "")], "C:\\b.vhdx"),
        ([("parent_linkage", "{1}")], "?"),
        ([], "?"),
    ],
)
def test_the_parent_of_a_vhdx_is_given_by_the_first_path_that_hyper_v_would_try(
    pairs: list[tuple[str, str]], parent: str
) -> None:
    found = differencing(with_parent_locator(fixture("dynamic.vhdx"), *pairs), "a.vhdx")
    assert f"names its parent as: {parent}." in found.message


def test_a_parent_locator_that_states_more_entries_than_it_has_is_not_named() -> None:
    data = with_parent_locator(fixture("dynamic.vhdx"), count=65_535)
    assert "names its parent as: ?." in differencing(data, "a.vhdx").message


@pytest.mark.parametrize(
    ("data", "name"), [(vhd(4), "a.vhd"), (with_parent_locator(fixture("dynamic.vhdx")), "a.vhdx")], ids=["vhd", "vhdx"]
)
def test_the_fix_of_a_vhd_or_vhdx_with_a_parent_names_only_tools_that_read_the_parent(data: bytes, name: str) -> None:
    found = differencing(data, name)
    for fix in (found.fix, text_of(found, "zh")[1]):
        assert "Convert-VHD" in fix
        assert "Merge-VHD" in fix
        assert not any(tool in fix for tool in ("qemu-img", "VBoxManage", "vmkfstools"))


def test_the_parent_of_a_vdi_is_given_by_its_uuid_and_virtualbox_is_named() -> None:
    found = differencing(patched(fixture("dynamic.vdi"), (424, bytes(range(16)))), "a.vdi")
    assert "The file names its parent as: UUID 03020100-0504-0706-0809-0a0b0c0d0e0f." in found.message
    assert "VBoxManage clonemedium disk" in found.fix
    assert "qemu-img" not in found.fix


@pytest.mark.parametrize(("hint", "follows"), [(b'\nparentFileNameHint="base.vmdk"', True), (b"", False)])
def test_qemu_img_is_named_for_a_vmdk_only_if_it_can_find_the_parent(hint: bytes, follows: bool) -> None:
    found = differencing(vmdk(b"parentCID=ffffffff", b"parentCID=12345678" + hint), "a.vmdk")
    assert ("base.vmdk" in found.message) is follows
    assert ("qemu-img" in found.fix) is follows
    assert "vmkfstools -i" in found.fix


def test_a_vhd_of_an_unknown_type_is_malformed() -> None:
    only(inspect_bytes(vhd(7), "a.vhd"), "image.malformed")


def test_a_vhdx_with_a_parent_is_refused() -> None:
    data = fixture("dynamic.vhdx")
    at = vhdx_metadata(data, "caa16737-fa36-4d43-b3b6-33f0aa44e76b")
    inspection = inspect_bytes(patched(data, (at + 4, struct.pack("<I", 2))), "a.vhdx")
    only(inspection, "image.differencing")
    assert (inspection.facts.variant, inspection.facts.virtual_size) == ("differencing", 12 << 20)


def test_a_vhdx_whose_log_is_not_empty_is_refused() -> None:
    data = fixture("dynamic.vhdx")
    busy = resealed_vhdx(patched(data, (0x10000 + 48, b"\x01" * 16), (0x20000 + 48, b"\x01" * 16)))
    only(inspect_bytes(busy, "a.vhdx"), "image.vhdx_log")


@pytest.mark.parametrize(("at", "value"), [(76, struct.pack("<I", 4)), (440, b"\x01" * 16), (424, b"\x01" * 16)])
def test_a_vdi_with_a_parent_is_refused(at: int, value: bytes) -> None:
    only(inspect_bytes(patched(fixture("dynamic.vdi"), (at, value)), "a.vdi"), "image.differencing")


def test_a_vdi_of_another_version_is_refused() -> None:
    only(inspect_bytes(patched(fixture("dynamic.vdi"), (68, b"\x01\0\0\0")), "a.vdi"), "image.unsupported_variant")


@pytest.mark.parametrize("feature", [b"parentCID=12345678", b'parentCID=ffffffff\nparentFileNameHint="/etc/passwd"'])
def test_a_vmdk_with_a_parent_is_refused(feature: bytes) -> None:
    only(inspect_bytes(vmdk(b"parentCID=ffffffff", feature), "a.vmdk"), "image.differencing")


@pytest.mark.parametrize("kind", [b"twoGbMaxExtentSparse", b"monolithicFlat", b"vmfs", b"custom", b""])
def test_a_vmdk_of_several_files_is_refused(kind: bytes) -> None:
    only(inspect_bytes(vmdk(b"monolithicSparse", kind), "a.vmdk"), "image.data_file")


def test_a_vmdk_with_a_flat_extent_is_refused() -> None:
    inspection = inspect_bytes(vmdk(b" SPARSE ", b" FLAT "), "a.vmdk")
    only(inspection, "image.data_file")


def test_a_vmdk_with_a_second_extent_is_refused() -> None:
    only(inspect_bytes(vmdk(b"\nRW ", b'\nRW 1 SPARSE "/etc/passwd"\nRW '), "a.vmdk"), "image.data_file")


@pytest.mark.parametrize("line", [b'RW 1 SPARSE "/etc/passwd"', b"rw 1 flat /etc/passwd", b'rw 1 SPARSE "two.vmdk"'])
def test_a_vmdk_whose_descriptor_names_a_file_is_refused_in_any_spelling(line: bytes) -> None:
    only(inspect_bytes(vmdk(b"# The Disk Data Base", line), "a.vmdk"), "image.data_file")


def test_a_vmdk_whose_extent_names_a_path_is_refused() -> None:
    inspection = inspect_bytes(vmdk(b'"sparse.vmdk"', b'"../sparse.vmdk"'), "a.vmdk")
    only(inspection, "image.data_file")


@pytest.mark.parametrize(
    "line",
    [
        b'# createType="monolithicFlat"',
        b'xcreateType="monolithicFlat"',
        b"# parentCID=12345678",
        b"wronly 2048 two.vmdk",
        b"RW one SPARSE two.vmdk",
        b"anything",
        b"any key = value",
    ],
)
def test_a_vmdk_whose_descriptor_can_be_read_in_two_ways_is_malformed(line: bytes) -> None:
    only(inspect_bytes(vmdk(b"# The Disk Data Base", line), "a.vmdk"), "image.malformed")


@pytest.mark.parametrize("line", [b"", b"  # a comment", b"encoding=GBK", b'ddb.comment = "a b"', b"\xb4\xc5=1"])
def test_a_vmdk_whose_descriptor_has_other_known_lines_is_read(line: bytes) -> None:
    sound = inspect_bytes(fixture("sparse.vmdk"), "a.vmdk")
    assert error_ids(inspect_bytes(vmdk(b"# The Disk Data Base", line), "a.vmdk")) == error_ids(sound)


def test_a_vmdk_without_capacity_is_malformed_because_qemu_reads_what_the_descriptor_names() -> None:
    only(inspect_bytes(patched(fixture("sparse.vmdk"), (12, bytes(8))), "a.vmdk"), "image.malformed")


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (-1536 + 8, b"\1"),
        (-1536 + 12, b"\7"),
        (-1536 + 16, b"\1"),
        (-1024 + 4, b"\2"),
        (-1024 + 8, b"\1"),
        (-1024 + 12, b"\1"),
        (-1024 + 28, b"\3"),
        (-1024 + 36, b"\1"),
        (-512, b"\1"),
        (-1, b"\1"),
    ],
)
def test_a_vmdk_whose_footer_differs_from_its_header_is_malformed(at: int, value: bytes) -> None:
    whole = vmdk_with_footer(fixture("stream.vmdk"))
    at %= len(whole)
    assert whole[at : at + 1] != value
    only(inspect_bytes(patched(whole, (at, value)), "a.vmdk"), "image.malformed")


def test_a_vmdk_whose_footer_refers_to_another_footer_is_an_error() -> None:
    whole = vmdk_with_footer(fixture("stream.vmdk"))
    assert error_ids(inspect_bytes(patched(whole, (len(whole) - 1024 + 56, b"\xff" * 8)), "a.vmdk"))


def test_a_vmdk_descriptor_alone_is_refused() -> None:
    text = b'# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 2048 FLAT "/etc/passwd" 0\n'
    inspection = inspect_bytes(text, "a.vmdk")
    assert error_ids(inspection) == {"image.data_file"}
    assert "/etc/passwd" in inspection.findings[0].message


@pytest.mark.parametrize(
    ("kind", "extents", "variant", "sectors"),
    [
        ("monolithicFlat", ['RW 83886080 FLAT "win-flat.vmdk" 0'], "monolithicFlat", 83_886_080),
        (
            "twoGbMaxExtentSparse",
            [f'RW {n} SPARSE "d-s00{n}.vmdk"' for n in (4_194_304, 2_097_152)],
            "twoGbMaxExtentSparse",
            6_291_456,
        ),
        ("twoGbMaxExtentFlat", ['RW 4096 FLAT "a" 0', "RW 10 ZERO"], "twoGbMaxExtentFlat", 4106),
        ("vmfs", ['RW ² VMFS "a"', 'RW 8 VMFS "b"'], "vmfs", 8),
        ("\u0007" * 9000, [], "unknown", None),
    ],
)
def test_a_vmdk_descriptor_alone_gives_variant_and_size_of_its_disk(
    kind: str, extents: list[str], variant: str, sectors: int | None
) -> None:
    lines = ["# Disk DescriptorFile", "parentCID=ffffffff", f'createType="{kind}"', *extents, "#DDB"]
    inspection = inspect_bytes("\r\n".join(lines).encode(), "win.vmdk")
    assert error_ids(inspection) == {"image.data_file"}
    assert (inspection.facts.format, inspection.facts.variant) == ("vmdk", variant)
    assert inspection.facts.virtual_size == (None if sectors is None else sectors * 512)


def test_a_vmdk_descriptor_of_a_snapshot_is_a_differencing_disk() -> None:
    text = b'# Disk DescriptorFile\nparentCID=12345678\nparentFileNameHint="base.vmdk"\nRW 2048 SPARSE "d.vmdk"\n'
    inspection = inspect_bytes(text, "a.vmdk")
    assert error_ids(inspection) == {"image.differencing"}
    assert inspection.facts.virtual_size == 1 << 20


@pytest.mark.parametrize("patch", [(28, bytes(16)), (512, bytes(10_240))], ids=["VMware's", "qemu-img's"])
def test_the_fix_for_one_extent_of_a_split_vmdk_names_its_descriptor(patch: tuple[int, bytes]) -> None:
    inspection = inspect_bytes(patched(fixture("sparse.vmdk"), patch), "folder/my win-s002.vmdk")
    only(inspection, "image.data_file")
    assert (inspection.facts.format, inspection.facts.variant, inspection.facts.virtual_size) == (
        "vmdk",
        "sparse extent",
        None,
    )
    assert "-O qcow2 'my win.vmdk' whole.qcow2" in inspection.findings[0].fix


def test_a_vmdk_that_was_transferred_as_text_is_malformed() -> None:
    only(inspect_bytes(patched(fixture("sparse.vmdk"), (73, b"\r\n\r\n")), "a.vmdk"), "image.malformed")


@pytest.mark.parametrize("name", ["v3.qcow2", "v2.qcow2", "v1.qcow"])
def test_a_qcow_with_a_backing_file_is_refused(name: str) -> None:
    at = 0x1F0
    data = patched(fixture(name), (8, struct.pack(">QI", at, len(PARENT))), (at, PARENT))
    inspection = inspect_bytes(data, name)
    only(inspection, "image.backing_file")
    assert "/etc/passwd" in inspection.findings[0].message
    assert inspection.facts.virtual_size == 12 << 20


def test_a_qed_with_a_backing_file_is_refused() -> None:
    data = patched(fixture("64k.qed"), (16, b"\x01"), (56, struct.pack("<II", 64, len(PARENT))), (64, PARENT))
    only(inspect_bytes(data, "a.qed"), "image.backing_file")


def test_a_qcow2_with_an_external_data_file_is_refused() -> None:
    name = struct.pack(">II", 0x44415441, len(PARENT)) + PARENT.ljust(16, b"\0")
    data = qcow2(features=4)
    inspection = inspect_bytes(patched(data, (104, name)), "a.qcow2")
    only(inspection, "image.data_file")
    assert "/etc/passwd" in inspection.findings[0].message


@pytest.mark.parametrize(("name", "at"), [("v3.qcow2", 32), ("v2.qcow2", 32), ("v1.qcow", 36)])
def test_an_encrypted_qcow_is_refused_with_the_command_that_decrypts_it(name: str, at: int) -> None:
    inspection = inspect_bytes(patched(fixture(name), (at, struct.pack(">I", 1))), name)
    only(inspection, "image.encrypted_container")
    options = f"driver={name.rpartition('.')[2]},file.filename={name},encrypt.key-secret=key"
    assert f" {options} " in inspection.findings[0].fix


def test_the_fix_for_a_luks_volume_has_the_key_option_of_luks() -> None:
    (finding,) = inspect_bytes(b"LUKS\xba\xbe".ljust(4096, b"\0"), "a.img").findings
    assert " driver=luks,file.filename=a.img,key-secret=key " in finding.fix


@pytest.mark.parametrize(("name", "at"), [("v3.qcow2", 72), ("64k.qed", 22)])
def test_unknown_features_are_refused(name: str, at: int) -> None:
    only(inspect_bytes(patched(fixture(name), (at, b"\x40")), name), "image.unknown_features")


def test_a_qcow2_of_a_later_version_is_refused() -> None:
    only(inspect_bytes(patched(fixture("v3.qcow2"), (7, b"\x04")), "a.qcow2"), "image.unsupported_variant")


def test_a_qcow2_that_is_marked_as_corrupt_is_an_error_and_is_read() -> None:
    inspection = inspect_bytes(patched(fixture("v3.qcow2"), (79, b"\x02")), "a.qcow2")
    assert error_ids(inspection) == {"image.marked_corrupt"}
    assert inspection.facts.partition_table == "gpt"


@pytest.mark.parametrize(
    ("name", "at", "value"), [("v3.qcow2", 79, b"\x01"), ("64k.qed", 16, b"\x02"), ("sparse.vmdk", 72, b"\x01")]
)
def test_an_image_that_was_not_closed_is_a_warning(name: str, at: int, value: bytes) -> None:
    inspection = inspect_bytes(patched(fixture(name), (at, value)), name)
    assert disk_finding_ids(inspection) == {"image.not_closed"}
    assert error_ids(inspection) == set()
    assert inspection.facts.partition_table == "gpt"


def test_text_from_a_file_is_shown_short_and_without_control_characters() -> None:
    name = b"\x1b[31m" + b"x" * 500
    data = patched(fixture("v3.qcow2"), (8, struct.pack(">QI", 0x200, len(name))), (0x200, name))
    inspection = inspect_bytes(data, "a.qcow2")
    assert "\x1b" not in inspection.findings[0].message
    assert len(inspection.findings[0].message) < 400
