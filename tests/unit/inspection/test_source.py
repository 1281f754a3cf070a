"""Sources: a local file, and an OBS object."""

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
    """The only call of the port that an inspection makes."""

    def __init__(self, failure: BaseException | None = None, after: int = 0) -> None:
        self.failure, self.reads_left, self.etags = failure, after, set[str]()

    def read(self, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        assert (bucket, key) == ("drops", KEY)
        self.etags.add(etag)
        if self.failure and self.reads_left <= 0:
            raise self.failure
        self.reads_left -= 1
        return fixture("gpt.raw")[offset : offset + length]


def source(objects: OneObject) -> ObjectSource:
    head = ObjectHead(KEY, "abc", len(fixture("gpt.raw")), "2026-11-24T13:00:00Z")
    port: Objects = objects  # type: ignore[assignment]
    return ObjectSource(port, "drops", KEY, head)


def test_an_object_is_read_like_a_file_and_always_at_the_same_etag() -> None:
    objects = OneObject()
    inspection, expected = inspect(source(objects), file_name=KEY), inspect_bytes(fixture("gpt.raw"), KEY)
    assert (inspection.facts, inspection.findings, inspection.read.gets) == (
        expected.facts,
        expected.findings,
        expected.read.gets,
    )
    assert objects.etags == {"abc"}


def test_an_object_read_in_parallel_gives_the_same_facts_in_fewer_round_trips() -> None:
    inspection, expected = (
        inspect(ParallelSource(source(OneObject()), run_in_sequence), file_name=KEY),
        inspect_bytes(fixture("gpt.raw"), KEY),
    )
    assert (inspection.facts, inspection.findings, inspection.read.bytes) == (
        expected.facts,
        expected.findings,
        expected.read.bytes,
    )
    assert inspection.read.round_trips < expected.read.round_trips


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_object_that_is_replaced_during_the_inspection_ends_it(after: int) -> None:
    with pytest.raises(SourceChanged):
        inspect(source(OneObject(ObjectChanged(), after)), file_name=KEY)


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("failure", [ObjectsUnavailable(), ObjectsRefused("AccessDenied", "no"), OSError("disk")])
def test_errors_of_the_store_are_raised_not_reported_as_findings(failure: Exception, after: int) -> None:
    with pytest.raises(type(failure)):
        inspect(source(OneObject(failure, after)), file_name=KEY)


def test_a_local_file_gives_the_same_facts_as_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(fixture("gpt.raw"))
    with FileSource(path) as local:
        inspection = inspect(local, file_name=path.name)
    expected = inspect_bytes(fixture("gpt.raw"), "disk.raw")
    assert (inspection.facts, inspection.findings) == (expected.facts, expected.findings)
    assert inspection.read.round_trips < inspection.read.gets


def test_a_local_file_that_is_written_during_the_inspection_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(fixture("gpt.raw"))
    with FileSource(path) as local:
        os.utime(path, ns=(1, 1))
        with pytest.raises(SourceChanged):
            inspect(local, file_name=path.name)
