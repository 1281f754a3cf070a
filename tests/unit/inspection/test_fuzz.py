"""The first few of the changed images that `make fuzz` tries, and tests of the fuzzer itself."""

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
from tests.fuzz.images import FIXTURES
from tests.fuzz.limits import resident
from tests.fuzz.sources import Patch, Patched
from tests.fuzz.trials import Outcome, run_case
from tests.fuzz.violations import violations
from tests.unit.inspection.images import MemorySource, finding_ids, fixture, inspect_bytes

RUNS = 30  # an image
FORMATS = ("zstd.qcow2", "512.qcow2", "extended.qcow2", "v2.qcow2", "zlib.qcow", "4k.qed", "dynamic.vdi",
           "dynamic.vhdx", "stream.vmdk", "sparse.vmdk", "dynamic.vhd", "fixed.vhd", "gpt.raw", "mbr.raw",
           "fat12.raw")  # fmt: skip
SYSTEMS = ("windows-11.qcow2", "windows-7-x86.qcow2", "compressed-small-clusters.qcow2", "small-clusters.ntfs")
SAVED = sorted(FOUND.glob("*.json"))


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Subjects:
    return Subjects(tmp_path_factory.mktemp("images"), tuple(FIXTURES))


def by_seed(seed: int, name: str, subjects: Subjects) -> Case:
    return Case.by_seed(seed, name, subjects[name])


def run(case: Case, subjects: Subjects) -> Outcome:
    return run_case(case, subjects[case.image], resident())


@pytest.mark.parametrize("name", [*FORMATS, *SYSTEMS])
def test_changed_images_break_no_rule(name: str, subjects: Subjects) -> None:
    if name not in subjects.names:
        pytest.skip("no zstd reader is installed")
    for seed in range(RUNS):
        outcome = run(by_seed(seed, name, subjects), subjects)
        assert outcome.broken is None, f"seed {seed} of {name}"


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.stem)
def test_a_saved_case_breaks_no_rule_any_more(saved: Path, subjects: Subjects) -> None:
    case = Case.load(saved)
    if case.image not in subjects.names:
        pytest.skip("of an image that qemu-img writes")
    assert run(case, subjects).broken is None


# the fuzzer


GPT_HEADER = 512


def changed(image: str, *patches: Patch, checksums_fixed: bool = False) -> Case:
    return Case(0, image, "partitions", patches, None, checksums_fixed)


def test_a_reader_that_crashes_is_broken(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*anything: object) -> None:
        struct.unpack("<I", b"")

    monkeypatch.setattr(fat.Fat, "root", broken)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert "a reader crashed" in outcome.broken


def test_a_reader_that_hangs_is_stopped_and_broken(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*anything: object) -> None:
        while True:
            pass

    monkeypatch.setattr(fat.Fat, "root", endless)
    monkeypatch.setattr("tests.fuzz.trials.SECONDS", 0.05)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert outcome.broken.startswith("more than")


def test_a_reader_that_uses_too_much_memory_is_broken(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fat.Fat.root

    def greedy(of: fat.Fat) -> dict[str, fat.Entry]:
        assert b"\1" * (200 << 20)
        return real(of)

    monkeypatch.setattr(fat.Fat, "root", greedy)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert outcome.broken.endswith("MB")


def test_an_inspection_that_raises_is_broken(subjects: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagedrop.inspection.inspector.Inspector.facts", None)
    outcome = run(changed("gpt.raw"), subjects)
    assert outcome.broken is not None
    assert "TypeError" in outcome.broken


def test_only_changes_that_a_checksum_covers_must_be_reported(subjects: Subjects) -> None:
    header, boot_code = Patch(GPT_HEADER + 56, b"\x5a"), Patch(0, b"\x5a")
    assert changed("gpt.raw", header).must_be_reported(subjects["gpt.raw"])
    assert not changed("gpt.raw", header, boot_code).must_be_reported(subjects["gpt.raw"])
    assert not changed("gpt.raw", header, checksums_fixed=True).must_be_reported(subjects["gpt.raw"])


def result(*findings: str, **facts: object) -> Inspection:
    reported = [kinds.EXTENSION(extension=text, format="b", better="c", file="d") for text in findings]
    return Inspection(DiskFacts(**facts), reported, inspect_bytes(b"", "a.raw").read)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "violation"),
    [
        (result("a", format="ext4"), "format is 'ext4'"),
        (result("a", virtual_size=-1), "virtual_size is -1"),
        (result("a", bitlocker=1), "bitlocker is 1"),
        (result("a", variant="\ud800"), "not JSON"),
        (result(format="raw"), "a fact is None without a finding"),
        (result("before"), "hw_firmware_type became None without a finding"),
        (result("KeyError: "), "a reader crashed"),
    ],
)
def test_impossible_facts_are_violations(after: Inspection, violation: str) -> None:
    before = result("before", hw_firmware_type="bios")
    assert any(violation in text for text in violations(after, before))
    assert not list(violations(result("before", hw_firmware_type="bios"), before))


def test_facts_that_change_without_a_finding_are_violations_if_a_checksum_covers_the_change() -> None:
    before, after = result("before", format="raw"), result("before", format="vhd")
    assert not list(violations(after, before))
    assert list(violations(after, before, must_report=True)) == ["facts changed without a finding: ['format']"]


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
def test_a_change_with_a_right_checksum_leads_to_no_finding(
    name: str, at: int, finding: str, subjects: Subjects
) -> None:
    subject = subjects[name]
    patch = Patch(at % subject.file.size, b"\x5a")
    for checksums_fixed in (False, True):
        source = Patched(subject.file, changed(name, patch, checksums_fixed=checksums_fixed).all_patches(subject))
        after = inspect_bytes(source.read(0, source.size), name)
        assert (finding in finding_ids(after)) is not checksums_fixed


READERS = {"container", "detect_format", "partitions", "fat", "ntfs", "registry", "windows"}
CHECKSUMS = {
    "gpt.raw": "GPT",
    "fixed.vhd": "VHD footer",
    "dynamic.vhdx": "VHDX structure",
    "windows-11.qcow2": "registry base block",
    "windows-7-x86.qcow2": "update sequence",
}


def test_the_ranges_that_an_inspection_reads_are_known_by_reader(subjects: Subjects) -> None:
    images = ("windows-11.qcow2", "xpress-kernel.raw")
    readers = {name for image in images for name in subjects[image].known.ranges}
    assert readers == READERS


@pytest.mark.parametrize("name", CHECKSUMS)
def test_the_checksums_of_an_image_are_found(name: str, subjects: Subjects) -> None:
    assert CHECKSUMS[name] in {checksum.kind for checksum in subjects[name].checksums}


def test_changes_are_in_ranges_that_the_inspection_reads(subjects: Subjects) -> None:
    subject = subjects["gpt.raw"]
    ranges = [read_range for of_reader in subject.known.ranges.values() for read_range in of_reader]
    for seed in range(200):
        for patch in by_seed(seed, "gpt.raw", subjects).patches:
            assert any(patch.touches(read_range.offset, read_range.length) for read_range in ranges)


def test_the_same_seed_gives_the_same_changes(subjects: Subjects) -> None:
    assert by_seed(7, "v2.qcow2", subjects) == by_seed(7, "v2.qcow2", subjects)
    assert len({by_seed(seed, "v2.qcow2", subjects).patches for seed in range(50)}) == 50


def test_a_saved_case_loads_as_it_was(tmp_path: Path, subjects: Subjects) -> None:
    case = by_seed(3, "mbr.raw", subjects)
    assert Case.load(case.save(tmp_path, "why")) == case


def test_a_case_is_reduced_to_the_changes_that_break_it() -> None:
    patches = tuple(Patch(at, bytes([at])) for at in range(6))
    case = Case(0, "gpt.raw", "partitions", patches, 5, checksums_fixed=True)
    reduced = case.reduced(lambda fewer: {patches[1], patches[4]} <= set(fewer.patches))
    assert reduced == case._replace(patches=(patches[1], patches[4]), size=None, checksums_fixed=False)


def test_later_patches_cover_earlier_ones_and_bytes_past_the_end_are_zero() -> None:
    dice = random.Random(1)
    for _ in range(100):
        data = dice.randbytes(64)
        patches = [Patch(dice.randrange(80), dice.randbytes(dice.randint(1, 20))) for _ in range(4)]
        whole = bytearray(data.ljust(120, b"\0"))
        for patch in patches:
            whole[patch.offset : patch.end] = patch.data
        at, length = dice.randrange(100), dice.randrange(20)
        assert Patched(MemorySource(data), patches, 120).read(at, length) == whole[at : at + length]


def test_the_unpacked_images_equal_their_fixtures(subjects: Subjects) -> None:
    assert subjects["dynamic.vhd"].file.read(0, 1 << 20) == fixture("dynamic.vhd")[: 1 << 20]
