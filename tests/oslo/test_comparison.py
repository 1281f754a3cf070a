"""A difference in opinion is told, unless its reason is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.oslo.comparison import ImagedropResult, disagreements, inspect_with_imagedrop, reason
from tests.unit.inspection.images import fixture


def theirs(**said: Any) -> dict[str, Any]:
    sound = {"origin": "a_test", "declared": "vmdk", "format": "vmdk", "virtual_size": 512, "refusal": None}
    return sound | said


def ours(*errors: str, **said: Any) -> ImagedropResult:
    sound: dict[str, Any] = {"format": "vmdk", "virtual_size": 512, "seconds": 0.1}
    return ImagedropResult(**sound | said, errors=frozenset(errors))


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({}, ours()),
        ({"refusal": "bad"}, ours("image.malformed")),
        ({"refusal": "bad", "format": None, "virtual_size": None}, ours("image.data_file", virtual_size=None)),
        ({"format": "gpt"}, ours(format="raw")),
        (
            {"format": "qed", "virtual_size": 7, "refusal": "banned: This file format is not allowed"},
            ours(format="qed"),
        ),
        ({"format": "iso"}, ours("image.iso", format=None, virtual_size=None)),
    ],
)
def test_what_agrees_or_has_a_named_reason_is_no_disagreement(said: dict[str, Any], seen: ImagedropResult) -> None:
    assert not list(disagreements(theirs(**said), seen))


@pytest.mark.parametrize(
    ("said", "seen", "word"),
    [
        ({"refusal": "bad"}, ours(), "imagedrop does not"),
        ({}, ours("image.malformed"), "oslo does not"),
        ({"format": "iso"}, ours("image.malformed", format=None), "oslo does not"),
        ({"format": "qcow2"}, ours(), "the format"),
        ({"format": "qcow2", "refusal": "bad"}, ours("image.malformed"), "the format"),
        ({"virtual_size": 1024}, ours(), "bytes"),
        ({"virtual_size": 1024, "refusal": "bad"}, ours("image.malformed"), "bytes"),
        ({}, ours(seconds=2.5), "2.5 s"),
    ],
)
def test_every_other_difference_is_one(said: dict[str, Any], seen: ImagedropResult, word: str) -> None:
    (told,) = disagreements(theirs(**said), seen)
    assert word in told


def test_the_reason_is_told_where_it_is_needed() -> None:
    assert reason(theirs(format="iso"), ours("image.iso"))
    assert not reason(theirs(), ours())
    assert not reason(theirs(refusal="bad"), ours("image.malformed"))


def test_only_what_is_said_of_the_file_and_the_disk_counts(tmp_path: Path) -> None:
    image, broken = tmp_path / "blank.qcow2", tmp_path / "broken.qcow2"
    image.write_bytes(bytes(1 << 20))
    broken.write_bytes(fixture("v3.qcow2")[:4] + b"\0\0\0\7" + fixture("v3.qcow2")[8:])
    assert inspect_with_imagedrop(theirs(path=str(image), declared=None)).errors == frozenset()
    seen = inspect_with_imagedrop(theirs(path=str(broken), declared="qcow2"))
    assert (seen.format, seen.errors) == ("qcow2", frozenset({"image.unsupported_variant"}))
