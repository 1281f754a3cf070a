"""One changed image: made by a seed, kept as a file, made smaller until every change that is left is needed."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from imagedrop.inspection import Inspection, inspect
from tests.fuzz import images, seals
from tests.fuzz.mutations import LARGE, Known, mutation, resized
from tests.fuzz.places import Place, recorded
from tests.fuzz.seals import Seal
from tests.fuzz.sources import Bytes, Patch, Patched

SEVERAL = (1, 1, 1, 2, 2, 3, 4, 6)
SEALED = 0.85
RESIZED = 0.04
ALONE = 4  # times as often
ELSEWHERE = 0.1  # a change in another reader's place than the first


class Subject(NamedTuple):
    """An image as it was: what reads it, where it is sealed, and what the inspection says of it."""

    name: str
    file: Bytes
    known: Known
    seals: Sequence[Seal]
    before: Inspection

    @classmethod
    def of(cls, name: str, file: Bytes) -> Subject:
        called = images.file_name(name)
        with recorded() as seen:
            before = inspect(Patched(file, ()), file_name=called)
        sealed = seals.found(seen, file)
        readers: dict[str, list[Place]] = {}
        for place in seen:
            readers.setdefault(place.reader, []).append(place)
        for one in sealed:
            if one.kind == "update sequence":
                readers["ntfs"].append(Place(one.offset, one.length, "ntfs"))
        readers = {reader: _weighed(places) for reader, places in readers.items()}
        return cls(called, file, Known(file, readers, _origins(before, sealed)), sealed, before)


def _weighed(places: Sequence[Place]) -> list[Place]:
    """What is read by itself is looked at more closely than what comes along in a large piece: it comes oftener."""
    large = [one for one in places if one.length > LARGE]
    single = [one for one in places if places.count(one) > 1 or not any(_holds(whole, one) for whole in large)]
    return [*places, *single * ALONE]


def _holds(whole: Place, part: Place) -> bool:
    return whole.offset <= part.offset and part.end <= whole.end


def _origins(before: Inspection, sealed: Sequence[Seal]) -> list[int]:
    """Offsets count from the file's beginning, a partition's, the first cell of a hive or the first record."""
    hives = [one.offset + 4096 for one in sealed if one.kind == "registry base block"]
    records = [one.offset for one in sealed if one.kind == "update sequence"][:1]
    return [0, *hives, *records, *(one.start for one in before.facts.partitions)]


class Case(NamedTuple):
    """`size`: of the file, where it is another; `sealed`: checksums are made right again."""

    seed: int
    image: str
    reader: str
    patches: tuple[Patch, ...]
    size: int | None
    sealed: bool

    @classmethod
    def by_seed(cls, seed: int, image: str, subject: Subject) -> Case:
        dice = random.Random(seed)
        known, reader = subject.known, dice.choice(list(subject.known.places))
        patches = []
        for _ in range(dice.choice(SEVERAL)):
            place = known.any(dice) if dice.random() < ELSEWHERE else known.place(dice, reader)
            patches.append(mutation(known, place, dice))
        size = resized(known, dice) if dice.random() < RESIZED else None
        return cls(seed, image, reader, tuple(patches), size, dice.random() < SEALED)

    def all_patches(self, subject: Subject) -> list[Patch]:
        """With those that make the checksums right again."""
        patches = list(self.patches)
        for seal in subject.seals if self.sealed else ():
            if seal.touched(patches):
                patches += seals.resealed(seal, Patched(subject.file, patches, self.size).read)
        return patches

    def must_be_told(self, subject: Subject) -> bool:
        """Whether every change lies where a checksum shows it."""
        if self.sealed or self.size is not None:
            return False
        covered = [place for seal in subject.seals if seal.told for place in seal.ranges()]
        return all(any(_within(patch, *place) for place in covered) for patch in self.patches)

    def smaller(self, breaks: Callable[[Case], bool]) -> Case:
        """With as few changes as still break the same."""
        case = self._replace(size=None) if breaks(self._replace(size=None)) else self
        for patch in self.patches:
            less = case._replace(patches=tuple(one for one in case.patches if one is not patch))
            case = less if breaks(less) else case
        return case._replace(sealed=False) if breaks(case._replace(sealed=False)) else case

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
        return cls(found["seed"], found["image"], found["reader"], patches, found["size"], found["sealed"])


def _within(patch: Patch, offset: int, length: int) -> bool:
    return offset <= patch.offset and patch.end <= offset + length


class Subjects:
    """The images, unpacked into `folder` and looked at when they are first needed."""

    def __init__(self, folder: Path, names: Sequence[str] = images.NAMES) -> None:
        self.names = [name for name in names if images.can_be_had(name)]
        self._folder = folder

    @functools.cache  # noqa: B019 - as long as the process
    def __getitem__(self, name: str) -> Subject:
        return Subject.of(name, images.brought(name, self._folder))

    def case(self, seed: int) -> Case:
        """The same for the same images at hand."""
        name = self.names[random.Random(~seed).randrange(len(self.names))]
        return Case.by_seed(seed, name, self[name])
