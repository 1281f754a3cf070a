"""Files that are no image, or an image inside another format: recognised, with the command that fixes it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

import pytest

from tests.unit.inspection.images import disk_finding_ids, error_ids, finding_ids, fixture, inspect_bytes, mbr

IMAGE = fixture("v3.qcow2")


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("disk.qcow2", IMAGE)
    return buffer.getvalue()


def ova() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("machine.ovf"))
    return buffer.getvalue()


def iso() -> bytes:
    return bytes(0x8001) + b"CD001\x01" + bytes(2048)


@pytest.mark.parametrize(
    ("data", "name", "command"),
    [
        (gzip.compress(IMAGE), "disk.qcow2.gz", "gzip -dc disk.qcow2.gz > disk.qcow2"),
        (gzip.compress(IMAGE), "disk.qcow2", "gzip -dc disk.qcow2 > unpacked-disk.qcow2"),
        (gzip.compress(IMAGE), "a/my disk.gz", "gzip -dc 'my disk.gz' > 'my disk'"),
        (lzma.compress(IMAGE[:4096]), "disk.xz", "xz -dc disk.xz > disk"),
        (bz2.compress(IMAGE[:4096]), "disk.bz2", "bzip2 -dc disk.bz2 > disk"),
        (zipped(), "disk.zip", "unzip disk.zip"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(600), "disk.7z", "7z x disk.7z"),
        (ova(), "machine.ova", "tar -xf machine.ova"),
    ],
)
def test_the_fix_for_a_compressed_image_is_the_command_that_unpacks_it(data: bytes, name: str, command: str) -> None:
    inspection = inspect_bytes(data, name)
    assert disk_finding_ids(inspection) == {"image.compressed_wrapper"}
    assert f"`{command}`" in inspection.findings[0].fix
    assert inspection.facts.format is None


def signed_chunks(data: bytes) -> bytes:
    return b"".join(
        b"%x;chunk-signature=%s\r\n%s\r\n" % (len(part), b"0" * 64, part) for part in (data[:65536], data[65536:], b"")
    )


def trailing_checksum(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n" % (len(data), data)


@pytest.mark.parametrize("framed", [signed_chunks, trailing_checksum])
@pytest.mark.parametrize("name", ["v3.qcow2", "gpt.raw", "fixed.vhd"])
def test_chunk_framing_that_was_stored_as_content_is_recognised(framed: object, name: str) -> None:
    assert callable(framed)
    inspection = inspect_bytes(framed(fixture(name)), name)
    assert disk_finding_ids(inspection) == {"image.chunked_upload"}
    assert "AWS_REQUEST_CHECKSUM_CALCULATION=when_required" in inspection.findings[0].fix


def test_chunk_framing_that_was_cut_off_is_recognised() -> None:
    assert disk_finding_ids(inspect_bytes(signed_chunks(IMAGE)[:5000], "a.qcow2")) == {"image.chunked_upload"}


def test_an_iso_is_recognised_by_its_content() -> None:
    assert disk_finding_ids(inspect_bytes(iso(), "windows.iso")) == {"image.iso"}
    assert disk_finding_ids(inspect_bytes(iso(), "windows.raw")) == {"image.iso"}


def test_an_iso_with_an_mbr_is_an_iso() -> None:
    hybrid = mbr((0x80, 0x17, 64, 1000)) + iso()[512:]
    assert disk_finding_ids(inspect_bytes(hybrid, "windows.img")) == {"image.iso"}


def test_an_empty_file_is_reported() -> None:
    inspection = inspect_bytes(b"", "a.vhd")
    assert disk_finding_ids(inspection) == {"image.empty_file"}
    assert inspection.facts.file_size == 0


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"MSWIM\0\0\0", "image.other_format"),
        (b"WithoutFreeSpace", "image.other_format"),
        (b"COWD", "image.other_format"),
        (b"\xbe\xba\xfe\xca\0\0\0\0", "image.other_format"),
        (b"LUKS\xba\xbe", "image.encrypted_container"),
    ],
)
def test_formats_that_ims_does_not_take_are_recognised(start: bytes, kind: str) -> None:
    assert disk_finding_ids(inspect_bytes(start.ljust(4096, b"\0"), "a.img")) == {kind}


@pytest.mark.parametrize("name", ["notes.raw", "a.qcow2", "b.json", "c"])
def test_a_text_is_not_an_image(name: str) -> None:
    assert disk_finding_ids(inspect_bytes(b"<html>\r\n<title>403 Forbidden</title>\r\n" * 20, name)) == {
        "image.not_an_image"
    }


@pytest.mark.parametrize("name", ["a.qcow2", "a.vhdx", "a.vmdk", "a.vhd", "a", "a.exe"])
def test_bytes_without_a_signature_are_not_an_image(name: str) -> None:
    assert disk_finding_ids(inspect_bytes(b"\x90\x01\x02\x03" * 5000, name)) == {"image.not_an_image"}


@pytest.mark.parametrize("name", ["a.raw", "a.img"])
def test_a_blank_raw_disk_is_reported_as_blank(name: str) -> None:
    inspection = inspect_bytes(bytes(1 << 20), name)
    assert (inspection.facts.format, inspection.facts.virtual_size, inspection.facts.partition_table) == (
        "raw",
        1 << 20,
        "none",
    )
    assert finding_ids(inspection) == {"image.blank"}


@pytest.mark.parametrize(
    ("content", "name", "better"),
    [
        ("v3.qcow2", "a.vhd", "a.qcow2"),
        ("dynamic.vhdx", "a.vhd", "a.vhdx"),
        ("v1.qcow", "a.qcow2", "a.qcow"),
        ("gpt.raw", "x/a.vhdx", "a.raw"),
        ("fixed.vhd", "a.RAW", "a.vhd"),
        ("gpt.raw", "a.zvhd2", "a.raw"),
    ],
)
def test_a_name_that_contradicts_the_content_is_a_warning(content: str, name: str, better: str) -> None:
    inspection = inspect_bytes(fixture(content), name)
    assert disk_finding_ids(inspection) == {"image.extension"}
    assert not error_ids(inspection)
    assert f"{better}`" in inspection.findings[0].fix


@pytest.mark.parametrize("name", ["a.img", "a", "a.bin"])
def test_a_name_without_a_format_is_no_contradiction(name: str) -> None:
    assert disk_finding_ids(inspect_bytes(fixture("v3.qcow2"), name)) == set()


@pytest.mark.parametrize("name", ["v3.qcow2", "sparse.vmdk", "dynamic.vhdx", "dynamic.vdi", "64k.qed"])
def test_an_image_with_the_footer_of_a_vhd_is_refused_as_two_formats(name: str) -> None:
    data = fixture(name) + fixture("fixed.vhd")[-512:]
    inspection = inspect_bytes(data, name)
    assert disk_finding_ids(inspection) == {"image.polyglot"}
    assert inspection.facts.format is None


def test_an_image_with_the_signature_of_an_iso_is_refused_as_two_formats() -> None:
    data = bytearray(fixture("512.qcow2"))
    data[0x8001:0x8006] = b"CD001"
    assert disk_finding_ids(inspect_bytes(bytes(data), "a.qcow2")) == {"image.polyglot"}


def test_a_vhd_footer_of_511_bytes_is_found() -> None:
    data = fixture("fixed-exact.vhd")
    inspection = inspect_bytes(data[:-1], "a.vhd")
    assert (inspection.facts.format, inspection.facts.variant, inspection.facts.virtual_size) == (
        "vhd",
        "fixed",
        12 << 20,
    )


def test_a_disk_of_more_than_one_tebibyte_is_too_large() -> None:
    data = fixture("v3.qcow2")
    large = data[:24] + struct.pack(">Q", 3 << 40) + data[32:]
    assert "image.too_large" in error_ids(inspect_bytes(large, "a.qcow2"))


@pytest.mark.parametrize("size", [1, 511, (12 << 20) + 1])
def test_a_size_that_is_no_whole_number_of_sectors_is_an_error(size: int) -> None:
    assert "image.not_sectors" in error_ids(inspect_bytes(fixture("gpt.raw").ljust(size, b"\0")[:size], "a.raw"))
