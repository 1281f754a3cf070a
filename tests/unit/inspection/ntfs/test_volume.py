"""Volumes that ntfs-3g filled: every file, by every name, in whichever way it lies there."""

from __future__ import annotations

import contextlib
import random

import pytest

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BlockCache
from imagedrop.inspection.containers.raw import Raw
from imagedrop.inspection.errors import PastEnd, Unreadable
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.ntfs import File, Volume, records
from imagedrop.inspection.ntfs.records import Reference
from imagedrop.inspection.ntfs.streams import CompressedStream, NonResidentStream, ResidentStream, Stream
from imagedrop.inspection.ntfs.volume import MFT
from samples.builder.fat_names import short_names
from tests.unit.inspection.images import MemorySource, MultiRangeMemorySource, patched
from tests.unit.inspection.ntfs.contents import (
    COMPRESSED_FOLDER,
    FRAGMENTED,
    SPARSE,
    WITH_STREAMS,
    WOF,
    extra_streams,
    fragmented_content,
    many_names,
    numbered_sectors,
    plain_files,
    sparse_content,
)
from tests.unit.inspection.ntfs.volumes import MIB, VOLUMES, open_volume, volume_bytes
from tests.unit.inspection.unpack.samples import sample

PACKING = [name for name, made in VOLUMES.items() if made.packed]


def content(name: str) -> dict[str, bytes]:
    return plain_files(VOLUMES[name].names, VOLUMES[name].unit) | {FRAGMENTED: fragmented_content()}


def file(of: Volume, path: str) -> File:
    found = of.find(path)
    assert found is not None, path
    return found


def whole(stream: Stream) -> bytes:
    return stream.read(0, stream.size)


def seen(name: str) -> Volume:
    return open_volume(volume_bytes(name))


@pytest.mark.parametrize("name", VOLUMES)
def test_every_file_is_found_and_reads_as_it_was_written(name: str) -> None:
    of = seen(name)
    assert {path: whole(file(of, path).data()) for path in content(name)} == content(name)


@pytest.mark.parametrize("name", VOLUMES)
def test_a_name_is_found_in_any_case_and_by_its_short_form(name: str) -> None:
    folder, names = file(seen(name), "MANY"), many_names(VOLUMES[name].names)
    for long, short in short_names(sorted(names)).items():
        for spelled in {short, short.lower(), *([long.upper(), long.lower()] if long.isascii() else [long])}:
            found = folder.child(spelled)
            assert found is not None, spelled
            assert whole(found.data()) == long.encode()


@pytest.mark.parametrize("name", VOLUMES)
def test_what_is_not_there_is_not_found(name: str) -> None:
    of = seen(name)
    many_files = file(of, "many")
    for absent in ("", "a", "file 0000", "file 0000.dat2", "file 9999.dat", "zzz", "\uffff", "многие", "x" * 255):
        assert absent == "" or not many_files.has(absent)
        assert many_files.child(absent) is None
    for path in ("no/such/path", "resident.txt/inner", "many/file 0000.dat/inner", "Folder/Sub folder/Deep.TXT/x"):
        assert of.find(path) is None


@pytest.mark.parametrize("name", VOLUMES)
def test_directories_are_told_from_files(name: str) -> None:
    of = seen(name)
    assert [file(of, path).is_directory for path in ("Folder", "many", r"Folder\Sub folder", "resident.txt")] == [
        True,
        True,
        True,
        False,
    ]
    assert file(of, "Folder").has("sub FOLDER")
    with pytest.raises(Unreadable):
        file(of, "Folder").data()


@pytest.mark.parametrize("name", VOLUMES)
def test_any_piece_of_a_file_reads_as_the_whole(name: str) -> None:
    of, dice = seen(name), random.Random(name)
    for path, data in content(name).items():
        stream = file(of, path).data()
        for _ in range(3 if len(data) < 1000 else 30):
            at = dice.randint(0, len(data))
            length = min(dice.choice((0, 1, 511, 4096, 70_000)), len(data) - at)
            assert stream.read(at, length) == data[at : at + length], (path, at, length)
        with pytest.raises(Unreadable):
            stream.read(len(data), 1)


@pytest.mark.parametrize("name", VOLUMES)
def test_what_was_never_written_is_zero(name: str) -> None:
    wanted = bytearray()
    for at, data in sparse_content().items():
        wanted = wanted.ljust(at, b"\0") + data
    assert whole(file(seen(name), SPARSE).data()) == wanted


@pytest.mark.parametrize("name", VOLUMES)
def test_named_streams_lie_beside_the_content(name: str) -> None:
    found = file(seen(name), WITH_STREAMS)
    for stream, data in extra_streams(wof=False)[WITH_STREAMS].streams.items():
        named = found.stream(stream)
        assert named is not None
        assert whole(named) == data
    assert whole(found.data()) == b"unnamed"
    assert found.stream("three") is None


@pytest.mark.parametrize("kind", WOF)
def test_a_file_that_the_overlay_filter_packed_reads_unpacked(kind: str) -> None:
    stream = file(seen("small-clusters"), f"{kind}.exe").data()
    assert stream.size == len(sample())
    assert whole(stream) == sample()
    stream.prefetch([(5000, 100), (30_000, 3000)])
    assert stream.read(20_000, 9000) == sample()[20_000:29_000]


def test_the_volumes_hold_what_they_are_made_for() -> None:
    small, shattered, common = seen("small-clusters"), seen("shattered-mft"), seen("common")
    assert len(file(small, FRAGMENTED).attributes(records.DATA)) > 1, "an attribute in several records"
    assert len(shattered.file(MFT).attributes(records.DATA)) > 1, "an MFT in several records"
    assert isinstance(file(common, "one.bin").data(), NonResidentStream)
    assert isinstance(file(common, "resident.txt").data(), ResidentStream)
    for name in PACKING:
        assert isinstance(file(seen(name), f"{COMPRESSED_FOLDER}/mixed.bin").data(), CompressedStream)
    for name in VOLUMES:
        assert file(seen(name), "many").attributes(records.INDEX_ALLOCATION, "$I30"), "a tree with blocks"


def test_a_volume_that_was_put_down_is_clean_and_one_that_was_not_is_dirty() -> None:
    data = volume_bytes("common")
    of = open_volume(data)
    assert of.dirty is False
    record = of.geometry.mft_offset + 3 * of.geometry.record_size
    version = data.index(b"\x03\x01\0\0", record)
    assert open_volume(patched(data, (version + 2, b"\x01"))).dirty is True


@pytest.mark.parametrize("at", [Reference(5, 99), Reference(900, 0), Reference(2**47, 0), Reference(15, 7)])
def test_a_reference_to_a_record_of_another_use_or_none_is_refused(at: Reference) -> None:
    with pytest.raises(Unreadable):
        seen("common").file(at)


@pytest.mark.parametrize("left", [0.01, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("name", VOLUMES)
def test_a_volume_that_is_cut_off_is_refused_or_reads_as_it_was(name: str, left: float) -> None:
    data = volume_bytes(name)
    disk = Raw(
        BlockCache(MemorySource(data[: int(len(data) * left) // 512 * 512]), Budget()), FindingsReport("a.raw", 0)
    )
    disk.open()
    try:
        of = Volume(disk, 0)
        assert not of.dirty
    except (Unreadable, PastEnd, ValueError):
        return
    for path, wanted in [*content(name).items()][::10]:
        with contextlib.suppress(Unreadable, PastEnd, ValueError):
            assert whole(file(of, path).data()) == wanted


def trips(name: str, path: str) -> int:
    cache = BlockCache(MultiRangeMemorySource(volume_bytes(name)), Budget())
    disk = Raw(cache, FindingsReport("a.raw", 0))
    cache.run(disk.open)
    of: list[Volume] = []

    def job() -> bytes:
        if not of:
            of.append(Volume(disk, 0))
        return whole(file(of[0], path).data())

    assert cache.run(job) == content(name)[path]
    return cache.cost.round_trips


def test_a_file_in_a_hundred_pieces_waits_no_longer_than_one_in_one() -> None:
    assert trips("small-clusters", FRAGMENTED) <= trips("small-clusters", "one.bin") + 2


@pytest.mark.parametrize("name", VOLUMES)
def test_a_file_is_found_in_few_round_trips(name: str) -> None:
    assert trips(name, "many/file 0077.dat") <= 8
    assert trips(name, "many/数据中心") <= 8


@pytest.mark.parametrize("name", PACKING)
def test_a_packed_file_waits_once_for_all_its_units(name: str) -> None:
    assert trips(name, f"{COMPRESSED_FOLDER}/mixed.bin") <= trips(name, f"{COMPRESSED_FOLDER}/short.txt") + 1


def test_numbered_sectors_differ() -> None:
    data = numbered_sectors(5000)
    assert len({data[at : at + 512] for at in range(0, 5000, 512)}) == 10


def test_a_volume_counts_from_where_its_partition_begins() -> None:
    disk = Raw(BlockCache(MemorySource(bytes(MIB) + volume_bytes("common")), Budget()), FindingsReport("a.raw", 0))
    disk.open()
    assert whole(file(Volume(disk, MIB), FRAGMENTED).data()) == fragmented_content()
