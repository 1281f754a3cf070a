"""The mail about images without a sidecar: text and HTML say the same, and a hostile key stays one line."""

from __future__ import annotations

from imagedrop.notices import unpaired_letter


def test_it_names_the_images_and_says_what_to_do() -> None:
    letter = unpaired_letter("drops", 2, ["golden/a.vhd", "golden/b.vhd"])
    assert letter.subject == "2 images without a sidecar"
    for part in (letter.text, letter.html):
        assert "golden/a.vhd" in part
        assert "golden/b.vhd" in part
        assert "imagedrop init" in part
        assert "more" not in part
        assert "as its owner" not in part


def test_it_counts_those_that_it_does_not_name() -> None:
    assert "and 198 more" in unpaired_letter("drops", 200, ["a.vhd", "b.vhd"]).text


def test_one_image_is_no_plural() -> None:
    letter = unpaired_letter("drops", 1, ["a.vhd"])
    assert letter.subject == "1 image without a sidecar"
    assert "1 image came without" in letter.text


def test_key_with_control_characters_and_markup_stays_one_escaped_line() -> None:
    letter = unpaired_letter("drops", 1, ["a\n- b<script>.vhd"])
    assert "<script>" not in letter.html
    assert not any(line.startswith("- b") for line in letter.text.splitlines())
