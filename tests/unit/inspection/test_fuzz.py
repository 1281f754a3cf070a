"""The first few of the changed images that `make fuzz` tries, and that what tries them would see what is wrong."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from imagedrop.findings import inspection as kinds
from imagedrop.inspection import Inspection, fat
from imagedrop.inspection.facts import DiskFacts
from tests.fuzz.__main__ import FOUND
from tests.fuzz.cases import Case, Subjects
from tests.fuzz.images import BESIDE
from tests.fuzz.limits import resident
from tests.fuzz.sources import Patch, Patched
from tests.fuzz.trials import Outcome, tried
from tests.fuzz.verdicts import objections
from tests.unit.inspection.images import MemorySource, finding_ids, fixture, inspect_bytes

RUNS = 30  # an image
FORMATS = ("zstd.qcow2", "512.qcow2", "extended.qcow2", "v2.qcow2", "zlib.qcow", "4k.qed", "dynamic.vdi",
           "dynamic.vhdx", "stream.vmdk", "sparse.vmdk", "dynamic.vhd", "fixed.vhd", "gpt.raw", "mbr.raw",
           "fat12.raw")  # fmt: skip
SYSTEMS = ("windows-11.qcow2", "windows-7-x86.qcow2", "compressed-small-clusters.qcow2", "small-clusters.ntfs")
KEPT = sorted(FOUND.glob("*.json"))


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Subjects:
    return Subjects(tmp_path_factory.mktemp("images"), tuple(BESIDE))


def by_seed(seed: int, name: str, subjects: Subjects) -> Case:
    return Case.by_seed(seed, name, subjects[name])


def run(case: Case, subjects: Subjects) -> Outcome:
    return tried(case, subjects[case.image], resident())


@pytest.mark.parametrize("name", [*FORMATS, *SYSTEMS])
def test_no_change_breaks_the_inspection(name: str, subjects: Subjects) -> None:
    if name not in subjects.names:
        pytest.skip("no zstd reader is installed")
    for seed in range(RUNS):
        outcome = run(by_seed(seed, name, subjects), subjects)
        assert outcome.broken is None, f"seed {seed} of {name}"


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_what_once_broke_it_breaks_it_no_more(kept: Path, subjects: Subjects) -> None:
    case = Case.load(kept)
    if case.image not in subjects.names:
        pytest.skip("of an image that qemu-img writes")
    assert run(case, subjects).broken is None


# what tries them


GPT_HEADER = 512


def changed(image: str, *patches: Patch, sealed: bool = False) -> Case:
    return Case(0, image, "partitions", patches, None, sealed)


def test_a_reader_that_breaks_is_seen(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*anything: object) -> None:
        struct.unpack("<I", b"")

    monkeypatch.setattr(fat.Fat, "root", broken)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert "a reader broke" in outcome.broken


def test_a_reader_that_hangs_is_ended(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*anything: object) -> None:
        while True:
            pass

    monkeypatch.setattr(fat.Fat, "root", endless)
    monkeypatch.setattr("tests.fuzz.trials.SECONDS", 0.05)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert outcome.broken.startswith("more than")


def test_a_reader_that_fills_the_memory_is_seen(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fat.Fat.root

    def greedy(of: fat.Fat) -> dict[str, fat.Entry]:
        assert b"\1" * (200 << 20)
        return real(of)

    monkeypatch.setattr(fat.Fat, "root", greedy)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert outcome.broken.endswith("MB")


def test_an_exception_that_comes_out_is_seen(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagedrop.inspection.inspector.Inspector.facts", None)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert "TypeError" in outcome.broken


def test_a_change_under_a_checksum_is_one_that_must_be_told(subjects: Subjects) -> None:
    header, boot_code = Patch(GPT_HEADER + 56, b"\x5a"), Patch(0, b"\x5a")
    assert changed("gpt.raw", header).must_be_told(subjects["gpt.raw"])
    assert not changed("gpt.raw", header, boot_code).must_be_told(subjects["gpt.raw"])
    assert not changed("gpt.raw", header, sealed=True).must_be_told(subjects["gpt.raw"])


def inspection(*findings: str, **facts: object) -> Inspection:
    told_of = [kinds.EXTENSION(extension=one, format="b", better="c", file="d") for one in findings]
    return Inspection(DiskFacts(**facts), told_of, inspect_bytes(b"", "a.raw").read)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "objection"),
    [
        (inspection("a", format="ext4"), "format is 'ext4'"),
        (inspection("a", virtual_size=-1), "virtual_size is -1"),
        (inspection("a", bitlocker=1), "bitlocker is 1"),
        (inspection("a", variant="\ud800"), "not JSON"),
        (inspection(format="raw"), "nothing is said"),
        (inspection("before"), "hw_firmware_type went without a word"),
        (inspection("KeyError: "), "a reader broke"),
    ],
)
def test_facts_that_may_not_be_are_objected_to(seen: Inspection, objection: str) -> None:
    before = inspection("before", hw_firmware_type="bios")
    assert any(objection in one for one in objections(seen, before))
    assert not list(objections(inspection("before", hw_firmware_type="bios"), before))


def test_facts_that_change_under_a_checksum_are_told() -> None:
    before, seen = inspection("before", format="raw"), inspection("before", format="vhd")
    assert not list(objections(seen, before))
    assert list(objections(seen, before, told=True)) == ["other facts without a word: ['format']"]


# the changes


@pytest.mark.parametrize(
    ("name", "at", "finding"),
    [
        ("gpt.raw", GPT_HEADER + 56, "image.gpt_backup_used"),
        ("gpt.raw", 1024 + 56, "image.gpt_backup_used"),
        ("fixed.vhd", -512 + 24, "image.checksum"),
        ("dynamic.vhdx", 0x10000 + 16, "image.checksum"),
    ],
)
def test_what_is_sealed_again_reads_as_if_it_had_always_been_so(
    name: str, at: int, finding: str, subjects: Subjects
) -> None:
    subject = subjects[name]
    patch = Patch(at % subject.file.size, b"\x5a")
    for sealed in (False, True):
        source = Patched(subject.file, changed(name, patch, sealed=sealed).all_patches(subject))
        seen = inspect_bytes(source.read(0, source.size), name)
        assert (finding in finding_ids(seen)) is not sealed


def test_changes_lie_where_the_inspection_reads(subjects: Subjects) -> None:
    subject = subjects["gpt.raw"]
    places = [place for several in subject.known.places.values() for place in several]
    for seed in range(200):
        for patch in by_seed(seed, "gpt.raw", subjects).patches:
            assert any(patch.touches(place.offset, place.length) for place in places)


def test_the_same_seed_makes_the_same_change(subjects: Subjects) -> None:
    assert by_seed(7, "v2.qcow2", subjects) == by_seed(7, "v2.qcow2", subjects)
    assert len({by_seed(seed, "v2.qcow2", subjects).patches for seed in range(50)}) == 50


def test_a_case_comes_back_from_its_file(tmp_path: Path, subjects: Subjects) -> None:
    case = by_seed(3, "mbr.raw", subjects)
    assert Case.load(case.save(tmp_path, "why")) == case


def test_a_case_is_made_smaller_to_what_breaks() -> None:
    patches = tuple(Patch(at, bytes([at])) for at in range(6))
    case = Case(0, "gpt.raw", "partitions", patches, 5, sealed=True)
    smaller = case.smaller(lambda less: {patches[1], patches[4]} <= set(less.patches))
    assert smaller == case._replace(patches=(patches[1], patches[4]), size=None, sealed=False)


def test_patches_lie_over_one_another_and_what_is_behind_the_end_is_zero() -> None:
    dice = random.Random(1)
    for _ in range(100):
        data = dice.randbytes(64)
        patches = [Patch(dice.randrange(80), dice.randbytes(dice.randint(1, 20))) for _ in range(4)]
        whole = bytearray(data.ljust(120, b"\0"))
        for patch in patches:
            whole[patch.offset : patch.end] = patch.data
        at, length = dice.randrange(100), dice.randrange(20)
        assert Patched(MemorySource(data), patches, 120).read(at, length) == whole[at : at + length]


def test_the_fixtures_are_whole_in_their_folder(subjects: Subjects) -> None:
    assert subjects["dynamic.vhd"].file.read(0, 1 << 20) == fixture("dynamic.vhd")[: 1 << 20]
