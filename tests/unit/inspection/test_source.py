"""Sources: a local file, and an object behind the port."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imagedrop.inspection import FileSource, ObjectSource, SourceChanged, inspect
from imagedrop.inspection.source import ParallelSource
from imagedrop.ports import ObjectChanged, ObjectHead, Objects, ObjectsRefused, ObjectsUnavailable, run_in_sequence
from tests.unit.inspection.images import fixture, inspect_bytes

KEY = "in/gpt.raw"


class OneObject:
    """The one call of the port that an inspection makes."""

    def __init__(self, failure: BaseException | None = None, after: int = 0) -> None:
        self.failure, self.left, self.etags = failure, after, set[str]()

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        assert (bucket, key) == ("drops", KEY)
        self.etags.add(etag)
        if self.failure and self.left <= 0:
            raise self.failure
        self.left -= 1
        return fixture("gpt.raw")[offset : offset + length]


def source(objects: OneObject) -> ObjectSource:
    head = ObjectHead(KEY, "abc", len(fixture("gpt.raw")), "2026-11-24T13:00:00Z")
    port: Objects = objects  # type: ignore[assignment]
    return ObjectSource(port, "drops", KEY, head)


def test_an_object_reads_as_the_file_does_and_always_at_the_same_etag() -> None:
    objects = OneObject()
    seen, expected = inspect(source(objects), file_name=KEY), inspect_bytes(fixture("gpt.raw"), KEY)
    assert (seen.facts, seen.findings, seen.read.gets) == (expected.facts, expected.findings, expected.read.gets)
    assert objects.etags == {"abc"}


def test_an_object_reads_the_same_side_by_side_in_fewer_round_trips() -> None:
    seen, expected = (
        inspect(ParallelSource(source(OneObject()), run_in_sequence), file_name=KEY),
        inspect_bytes(fixture("gpt.raw"), KEY),
    )
    assert (seen.facts, seen.findings, seen.read.bytes) == (expected.facts, expected.findings, expected.read.bytes)
    assert seen.read.round_trips < expected.read.round_trips


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_object_that_is_replaced_meanwhile_ends_the_inspection(after: int) -> None:
    with pytest.raises(SourceChanged):
        inspect(source(OneObject(ObjectChanged(), after)), file_name=KEY)


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("failure", [ObjectsUnavailable(), ObjectsRefused("AccessDenied", "no"), OSError("disk")])
def test_a_store_that_fails_is_no_fault_of_the_image(failure: Exception, after: int) -> None:
    with pytest.raises(type(failure)):
        inspect(source(OneObject(failure, after)), file_name=KEY)


def test_a_local_file_reads_as_its_bytes_do(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(fixture("gpt.raw"))
    with FileSource(path) as local:
        seen = inspect(local, file_name=path.name)
    expected = inspect_bytes(fixture("gpt.raw"), "disk.raw")
    assert (seen.facts, seen.findings) == (expected.facts, expected.findings)
    assert seen.read.round_trips < seen.read.gets


def test_a_local_file_that_is_written_meanwhile_ends_the_inspection(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(fixture("gpt.raw"))
    with FileSource(path) as local:
        os.utime(path, ns=(1, 1))
        with pytest.raises(SourceChanged):
            inspect(local, file_name=path.name)
