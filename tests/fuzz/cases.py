"""One changed image: created from a seed, saved as a file, reduced to the changes that are needed."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from imagedrop.inspection import Inspection, inspect
from tests.fuzz import checksums, images
from tests.fuzz.checksums import Checksum
from tests.fuzz.mutations import LARGE, Known, mutation, resized
from tests.fuzz.read_ranges import ReadRange, recording_reads
from tests.fuzz.sources import Bytes, Patch, Patched

SEVERAL = (1, 1, 1, 2, 2, 3, 4, 6)
SEALED = 0.85
RESIZED = 0.04
ALONE = 4  # times as often
ELSEWHERE = 0.1  # a change in a range of another reader than the first


class Subject(NamedTuple):
    """An unchanged image: its ranges by reader, its checksums, and its inspection."""

    name: str
    file: Bytes
    known: Known
    checksums: Sequence[Checksum]
    before: Inspection

    @classmethod
    def of(cls, name: str, file: Bytes) -> Subject:
        called = images.file_name(name)
        with recording_reads() as ranges:
            before = inspect(Patched(file, ()), file_name=called)
        found = checksums.found(ranges, file)
        readers: dict[str, list[ReadRange]] = {}
        for read_range in ranges:
            readers.setdefault(read_range.reader, []).append(read_range)
        for checksum in found:
            if checksum.kind == "update sequence":
                readers["ntfs"].append(ReadRange(checksum.offset, checksum.length, "ntfs"))
        weighted = {reader: _weighted(of_reader) for reader, of_reader in readers.items()}
        return cls(called, file, Known(file, weighted, _origins(before, found)), found, before)


def _weighted(ranges: Sequence[ReadRange]) -> list[ReadRange]:
    """A range that is read alone is parsed more closely than a part of a large one: it is chosen more often."""
    large = [read_range for read_range in ranges if read_range.length > LARGE]
    single = [part for part in ranges if ranges.count(part) > 1 or not any(_contains(whole, part) for whole in large)]
    return [*ranges, *single * ALONE]


def _contains(whole: ReadRange, part: ReadRange) -> bool:
    return whole.offset <= part.offset and part.end <= whole.end


def _origins(before: Inspection, found: Sequence[Checksum]) -> list[int]:
    """What offsets in the image count from: the file, a partition, the first cell of a hive or the first record."""
    hives = [checksum.offset + 4096 for checksum in found if checksum.kind == "registry base block"]
    records = [checksum.offset for checksum in found if checksum.kind == "update sequence"][:1]
    return [0, *hives, *records, *(partition.start for partition in before.facts.partitions)]


class Case(NamedTuple):
    """`size`: the new size of the file, or None; `checksums_fixed`: the checksums fit the changes."""

    seed: int
    image: str
    reader: str
    patches: tuple[Patch, ...]
    size: int | None
    checksums_fixed: bool

    @classmethod
    def by_seed(cls, seed: int, image: str, subject: Subject) -> Case:
        dice = random.Random(seed)
        known, reader = subject.known, dice.choice(list(subject.known.ranges))
        patches = []
        for _ in range(dice.choice(SEVERAL)):
            read_range = known.any(dice) if dice.random() < ELSEWHERE else known.range_of(dice, reader)
            patches.append(mutation(known, read_range, dice))
        size = resized(known, dice) if dice.random() < RESIZED else None
        return cls(seed, image, reader, tuple(patches), size, dice.random() < SEALED)

    def all_patches(self, subject: Subject) -> list[Patch]:
        """Including those that make the checksums right."""
        patches = list(self.patches)
        for checksum in subject.checksums if self.checksums_fixed else ():
            if checksum.touched(patches):
                patches += checksums.fixed(checksum, Patched(subject.file, patches, self.size).read)
        return patches

    def must_be_reported(self, subject: Subject) -> bool:
        """Whether a checksum covers every change."""
        if self.checksums_fixed or self.size is not None:
            return False
        reported = [checksum for checksum in subject.checksums if checksum.always_reported]
        covered = [file_range for checksum in reported for file_range in checksum.ranges()]
        return all(any(_within(patch, *file_range) for file_range in covered) for patch in self.patches)

    def reduced(self, breaks: Callable[[Case], bool]) -> Case:
        """With the fewest changes that still break it in the same way."""
        case = self._replace(size=None) if breaks(self._replace(size=None)) else self
        for patch in self.patches:
            fewer = case._replace(patches=tuple(kept for kept in case.patches if kept is not patch))
            case = fewer if breaks(fewer) else case
        return case._replace(checksums_fixed=False) if breaks(case._replace(checksums_fixed=False)) else case

    def save(self, folder: Path, why: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.seed}.json"
        changes = [[patch.offset, patch.data.hex()] for patch in self.patches]
        path.write_text(json.dumps(self._asdict() | {"patches": changes, "why": why}, indent=1) + "\n")
        return path

    @classmethod
    def load(cls, path: Path) -> Case:
        found = json.loads(path.read_text())
        patches = tuple(Patch(offset, bytes.fromhex(data)) for offset, data in found["patches"])
        return cls(found["seed"], found["image"], found["reader"], patches, found["size"], found["checksums_fixed"])


def _within(patch: Patch, offset: int, length: int) -> bool:
    return offset <= patch.offset and patch.end <= offset + length


class Subjects:
    """The images, unpacked into `folder` and inspected when they are first needed."""

    def __init__(self, folder: Path, names: Sequence[str] = images.NAMES) -> None:
        self.names = [name for name in names if images.is_available(name)]
        self._folder = folder

    @functools.cache  # noqa: B019 - as long as the process
    def __getitem__(self, name: str) -> Subject:
        return Subject.of(name, images.image_file(name, self._folder))

    def case(self, seed: int) -> Case:
        """The same seed and the same available images give the same case."""
        name = self.names[random.Random(~seed).randrange(len(self.names))]
        return Case.by_seed(seed, name, self[name])
