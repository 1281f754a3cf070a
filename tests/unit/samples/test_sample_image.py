"""The sample image and its sidecar."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imagedrop.sidecar import read

SAMPLES = Path(__file__).parents[3] / "samples"
IMAGE = SAMPLES / "windows-server-2022.qcow2"
CLUSTER = 1 << 16
COMPRESSED = 1 << 62


@pytest.fixture(scope="module")
def image() -> bytes:
    return IMAGE.read_bytes()


@pytest.fixture
def sidecar() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(f"{IMAGE}.json").read_text(encoding="utf-8"))
    return loaded


def entries(image: bytes) -> Iterator[tuple[int, int]]:
    """(guest cluster, L2 entry) of every allocated cluster. qcow2 specification: L1 and L2 tables."""
    (count,) = struct.unpack_from(">I", image, 36)
    (l1,) = struct.unpack_from(">Q", image, 40)
    for index, pointer in enumerate(struct.unpack_from(f">{count}Q", image, l1)):
        if table := pointer & 0x00FFFFFFFFFFFE00:
            for at, entry in enumerate(struct.unpack_from(f">{CLUSTER // 8}Q", image, table)):
                if entry:
                    yield index * CLUSTER // 8 + at, entry


def cluster(image: bytes, wanted: int) -> bytes:
    entry = dict(entries(image))[wanted]
    start = entry & ((1 << 54) - 1)
    return zlib.decompressobj(-12).decompress(image[start : start + 2 * CLUSTER], CLUSTER)


def test_sample_is_smaller_than_2_mb() -> None:
    assert IMAGE.stat().st_size < 2_000_000


def test_sample_is_a_qcow2_of_40_gib(image: bytes) -> None:
    magic, version, backing, _, cluster_bits, size, encryption = struct.unpack_from(">4sIQIIQI", image)
    assert (magic, version, backing, encryption) == (b"QFI\xfb", 3, 0, 0)
    assert (cluster_bits, size) == (16, 40 << 30)


def test_every_cluster_of_the_sample_is_compressed(image: bytes) -> None:
    found = list(entries(image))
    assert len(found) > 1000
    assert all(entry & COMPRESSED for _, entry in found)


def test_sample_starts_with_protective_mbr_and_gpt(image: bytes) -> None:
    head = cluster(image, 0)
    assert head[450] == 0xEE
    assert head[510:520] == b"\x55\xaaEFI PART"


def test_both_gpt_headers_have_a_valid_checksum(image: bytes) -> None:
    last = cluster(image, (40 << 30) // CLUSTER - 1)
    for header in (cluster(image, 0)[512:604], last[-512:-420]):
        (checksum,) = struct.unpack_from("<I", header, 16)
        assert zlib.crc32(header[:16] + bytes(4) + header[20:]) == checksum


def test_windows_volume_is_ntfs_with_a_backup_boot_sector(image: bytes) -> None:
    start, end = 117 << 20, (40960 - 525) << 20
    boot = cluster(image, start // CLUSTER)[:512]
    assert boot[3:11] == b"NTFS    "
    assert cluster(image, end // CLUSTER - 1)[-512:] == boot


def test_sample_sidecar_describes_the_image(sidecar: dict[str, Any]) -> None:
    assert sidecar["owner"] == {"email": "ada@example.com", "name": "Ada", "language": "en"}
    assert (sidecar["os_type"], sidecar["os_version"]) == ("Windows", "Windows Server 2022 Datacenter 64bit")
    assert (sidecar["min_disk"], sidecar["hw_firmware_type"]) == (40, "uefi")
    assert sidecar["image_tags"]


def test_sample_sidecar_has_no_findings() -> None:
    assert read(Path(f"{IMAGE}.json").read_bytes()).findings == []
