"""Volumes that ntfs-3g filled: every file, by every name, however it is stored."""

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

COMPRESSING = [name for name, made in VOLUMES.items() if made.compressed]


def content(name: str) -> dict[str, bytes]:
    return plain_files(VOLUMES[name].names, VOLUMES[name].unit) | {FRAGMENTED: fragmented_content()}


def file(volume: Volume, path: str) -> File:
    found = volume.find(path)
    assert found is not None, path
    return found


def whole(stream: Stream) -> bytes:
    return stream.read(0, stream.size)


def fixture_volume(name: str) -> Volume:
    return open_volume(volume_bytes(name))


@pytest.mark.parametrize("name", VOLUMES)
def test_every_file_is_found_and_has_the_content_that_was_written(name: str) -> None:
    opened = fixture_volume(name)
    assert {path: whole(file(opened, path).data()) for path in content(name)} == content(name)


@pytest.mark.parametrize("name", VOLUMES)
def test_a_name_is_found_in_any_case_and_by_its_short_form(name: str) -> None:
    folder, names = file(fixture_volume(name), "MANY"), many_names(VOLUMES[name].names)
    for long, short in short_names(sorted(names)).items():
        for spelled in {short, short.lower(), *([long.upper(), long.lower()] if long.isascii() else [long])}:
            found = folder.child(spelled)
            assert found is not None, spelled
            assert whole(found.data()) == long.encode()


@pytest.mark.parametrize("name", VOLUMES)
def test_a_path_that_does_not_exist_is_not_found(name: str) -> None:
    opened = fixture_volume(name)
    many_files = file(opened, "many")
    for absent in ("", "a", "file 0000", "file 0000.dat2", "file 9999.dat", "zzz", "\uffff", "многие", "x" * 255):
        assert absent == "" or not many_files.has(absent)
        assert many_files.child(absent) is None
    for path in ("no/such/path", "resident.txt/inner", "many/file 0000.dat/inner", "Folder/Sub folder/Deep.TXT/x"):
        assert opened.find(path) is None


@pytest.mark.parametrize("name", VOLUMES)
def test_directories_and_files_are_distinguished(name: str) -> None:
    opened = fixture_volume(name)
    assert [file(opened, path).is_directory for path in ("Folder", "many", r"Folder\Sub folder", "resident.txt")] == [
        True,
        True,
        True,
        False,
    ]
    assert file(opened, "Folder").has("sub FOLDER")
    with pytest.raises(Unreadable):
        file(opened, "Folder").data()


@pytest.mark.parametrize("name", VOLUMES)
def test_any_part_of_a_file_is_read(name: str) -> None:
    opened, dice = fixture_volume(name), random.Random(name)
    for path, data in content(name).items():
        stream = file(opened, path).data()
        for _ in range(3 if len(data) < 1000 else 30):
            at = dice.randint(0, len(data))
            length = min(dice.choice((0, 1, 511, 4096, 70_000)), len(data) - at)
            assert stream.read(at, length) == data[at : at + length], (path, at, length)
        with pytest.raises(Unreadable):
            stream.read(len(data), 1)


@pytest.mark.parametrize("name", VOLUMES)
def test_a_hole_of_a_sparse_file_is_zero(name: str) -> None:
    wanted = bytearray()
    for at, data in sparse_content().items():
        wanted = wanted.ljust(at, b"\0") + data
    assert whole(file(fixture_volume(name), SPARSE).data()) == wanted


@pytest.mark.parametrize("name", VOLUMES)
def test_named_streams_are_read_beside_the_content(name: str) -> None:
    found = file(fixture_volume(name), WITH_STREAMS)
    for stream, data in extra_streams(wof=False)[WITH_STREAMS].streams.items():
        named = found.stream(stream)
        assert named is not None
        assert whole(named) == data
    assert whole(found.data()) == b"unnamed"
    assert found.stream("three") is None


@pytest.mark.parametrize("kind", WOF)
def test_a_file_that_the_overlay_filter_compressed_is_read_decompressed(kind: str) -> None:
    stream = file(fixture_volume("small-clusters"), f"{kind}.exe").data()
    assert stream.size == len(sample())
    assert whole(stream) == sample()
    stream.prefetch([(5000, 100), (30_000, 3000)])
    assert stream.read(20_000, 9000) == sample()[20_000:29_000]


def test_the_volumes_have_the_structures_that_the_tests_need() -> None:
    small, shattered, common = (
        fixture_volume("small-clusters"),
        fixture_volume("shattered-mft"),
        fixture_volume("common"),
    )
    assert len(file(small, FRAGMENTED).attributes(records.DATA)) > 1, "an attribute in several records"
    assert len(shattered.file(MFT).attributes(records.DATA)) > 1, "an MFT in several records"
    assert isinstance(file(common, "one.bin").data(), NonResidentStream)
    assert isinstance(file(common, "resident.txt").data(), ResidentStream)
    for name in COMPRESSING:
        assert isinstance(file(fixture_volume(name), f"{COMPRESSED_FOLDER}/mixed.bin").data(), CompressedStream)
    for name in VOLUMES:
        assert file(fixture_volume(name), "many").attributes(records.INDEX_ALLOCATION, "$I30"), "a tree with blocks"


def test_a_volume_is_dirty_where_its_flag_is_set() -> None:
    data = volume_bytes("common")
    opened = open_volume(data)
    assert opened.dirty is False
    record = opened.geometry.mft_offset + 3 * opened.geometry.record_size
    version = data.index(b"\x03\x01\0\0", record)
    assert open_volume(patched(data, (version + 2, b"\x01"))).dirty is True


@pytest.mark.parametrize("at", [Reference(5, 99), Reference(900, 0), Reference(2**47, 0), Reference(15, 7)])
def test_a_reference_to_an_unused_or_reused_record_is_refused(at: Reference) -> None:
    with pytest.raises(Unreadable):
        fixture_volume("common").file(at)


@pytest.mark.parametrize("left", [0.01, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("name", VOLUMES)
def test_a_cut_off_volume_is_refused_or_read_as_it_was(name: str, left: float) -> None:
    data = volume_bytes(name)
    disk = Raw(
        BlockCache(MemorySource(data[: int(len(data) * left) // 512 * 512]), Budget()), FindingsReport("a.raw", 0)
    )
    disk.open()
    try:
        opened = Volume(disk, 0)
        assert not opened.dirty
    except (Unreadable, PastEnd, ValueError):
        return
    for path, wanted in [*content(name).items()][::10]:
        with contextlib.suppress(Unreadable, PastEnd, ValueError):
            assert whole(file(opened, path).data()) == wanted


def round_trips(name: str, path: str) -> int:
    cache = BlockCache(MultiRangeMemorySource(volume_bytes(name)), Budget())
    disk = Raw(cache, FindingsReport("a.raw", 0))
    cache.run(disk.open)
    opened: list[Volume] = []

    def job() -> bytes:
        if not opened:
            opened.append(Volume(disk, 0))
        return whole(file(opened[0], path).data())

    assert cache.run(job) == content(name)[path]
    return cache.cost.round_trips


def test_a_file_in_a_hundred_pieces_takes_two_more_round_trips_than_one_in_one_piece() -> None:
    assert round_trips("small-clusters", FRAGMENTED) <= round_trips("small-clusters", "one.bin") + 2


@pytest.mark.parametrize("name", VOLUMES)
def test_a_file_is_found_in_few_round_trips(name: str) -> None:
    assert round_trips(name, "many/file 0077.dat") <= 8
    assert round_trips(name, "many/数据中心") <= 8


@pytest.mark.parametrize("name", COMPRESSING)
def test_all_units_of_a_compressed_file_are_fetched_in_one_round_trip(name: str) -> None:
    assert (
        round_trips(name, f"{COMPRESSED_FOLDER}/mixed.bin") <= round_trips(name, f"{COMPRESSED_FOLDER}/short.txt") + 1
    )


def test_numbered_sectors_differ() -> None:
    data = numbered_sectors(5000)
    assert len({data[at : at + 512] for at in range(0, 5000, 512)}) == 10


def test_offsets_in_a_volume_count_from_the_start_of_its_partition() -> None:
    disk = Raw(BlockCache(MemorySource(bytes(MIB) + volume_bytes("common")), Budget()), FindingsReport("a.raw", 0))
    disk.open()
    assert whole(file(Volume(disk, MIB), FRAGMENTED).data()) == fragmented_content()
