"""A difference between oslo and imagedrop is reported unless it has a known reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.oslo.comparison import ImagedropResult, disagreements, inspect_with_imagedrop, reason
from tests.unit.inspection.images import fixture


def oslo(**changes: Any) -> dict[str, Any]:
    agreeing = {"origin": "a_test", "declared": "vmdk", "format": "vmdk", "virtual_size": 512, "refusal": None}
    return agreeing | changes


def imagedrop(*errors: str, **changes: Any) -> ImagedropResult:
    agreeing: dict[str, Any] = {"format": "vmdk", "virtual_size": 512, "seconds": 0.1}
    return ImagedropResult(**agreeing | changes, errors=frozenset(errors))


@pytest.mark.parametrize(
    ("changes", "ours"),
    [
        ({}, imagedrop()),
        ({"refusal": "bad"}, imagedrop("image.malformed")),
        ({"refusal": "bad", "format": None, "virtual_size": None}, imagedrop("image.data_file", virtual_size=None)),
        ({"format": "gpt"}, imagedrop(format="raw")),
        (
            {"format": "qed", "virtual_size": 7, "refusal": "banned: This file format is not allowed"},
            imagedrop(format="qed"),
        ),
        ({"format": "iso"}, imagedrop("image.iso", format=None, virtual_size=None)),
    ],
)
def test_agreement_or_a_known_reason_is_not_reported(changes: dict[str, Any], ours: ImagedropResult) -> None:
    assert not list(disagreements(oslo(**changes), ours))


@pytest.mark.parametrize(
    ("changes", "ours", "word"),
    [
        ({"refusal": "bad"}, imagedrop(), "imagedrop does not"),
        ({}, imagedrop("image.malformed"), "oslo does not"),
        ({"format": "iso"}, imagedrop("image.malformed", format=None), "oslo does not"),
        ({"format": "qcow2"}, imagedrop(), "the format"),
        ({"format": "qcow2", "refusal": "bad"}, imagedrop("image.malformed"), "the format"),
        ({"virtual_size": 1024}, imagedrop(), "bytes"),
        ({"virtual_size": 1024, "refusal": "bad"}, imagedrop("image.malformed"), "bytes"),
        ({}, imagedrop(seconds=2.5), "2.5 s"),
    ],
)
def test_every_other_difference_is_reported(changes: dict[str, Any], ours: ImagedropResult, word: str) -> None:
    (text,) = disagreements(oslo(**changes), ours)
    assert word in text


def test_a_difference_has_its_known_reason() -> None:
    assert reason(oslo(format="iso"), imagedrop("image.iso"))
    assert not reason(oslo(), imagedrop())
    assert not reason(oslo(refusal="bad"), imagedrop("image.malformed"))


def test_only_findings_about_the_file_and_the_disk_are_compared(tmp_path: Path) -> None:
    image, broken = tmp_path / "blank.qcow2", tmp_path / "broken.qcow2"
    image.write_bytes(bytes(1 << 20))
    broken.write_bytes(fixture("v3.qcow2")[:4] + b"\0\0\0\7" + fixture("v3.qcow2")[8:])
    assert inspect_with_imagedrop(oslo(path=str(image), declared=None)).errors == frozenset()
    result = inspect_with_imagedrop(oslo(path=str(broken), declared="qcow2"))
    assert (result.format, result.errors) == ("qcow2", frozenset({"image.unsupported_variant"}))
