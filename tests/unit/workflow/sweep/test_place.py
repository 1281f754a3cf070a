"""Where the listing stands, and which end markers it has, when there is no time for all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imagedrop.domain.drop import FileVersion
from imagedrop.domain.object_keys import END_MARKERS
from imagedrop.workflow.sweep.place import AFTER_END_MARKERS, Place

VERSION = FileVersion(etag="e", last_modified="2026-11-24T13:00:00Z")


@pytest.mark.parametrize(("first", "end", "folder", "has"), [
    ("", None, "a", True), ("b", None, "a", False), ("b", None, "b", True), ("b", "d", "c", True),
    ("b", "d", "d", False),
])  # fmt: skip
def test_a_place_has_the_markers_from_its_first_folder_up_to_but_without_its_end(
    first: str, end: str | None, folder: str, has: bool
) -> None:
    assert Place(first_folder=first, end_folder=end).has_markers_of(folder) is has


def test_out_of_time_the_last_folder_is_left_to_the_next_listing_because_it_may_not_be_complete() -> None:
    place = Place()
    assert place.after_marker(END_MARKERS + "b/n1.x", out_of_time=False) == END_MARKERS + "b/n1.x"
    assert place.after_marker(END_MARKERS + "b/n2.x", out_of_time=True) == AFTER_END_MARKERS
    assert place.next_listing() == Place(first_folder="b")


def test_the_first_folder_is_listed_whole_even_without_time_so_that_every_listing_gets_on() -> None:
    place = Place(first_folder="b")
    assert place.after_marker(END_MARKERS + "a/n1.x", out_of_time=True) == END_MARKERS + "b"
    assert place.after_marker(END_MARKERS + "b/n1.x", out_of_time=True) == END_MARKERS + "b/n1.x"
    assert place.end_folder is None


def test_a_slower_round_of_the_same_listing_has_fewer_markers_and_a_faster_one_not_more() -> None:
    place = Place(end_folder="m")
    assert place.after_marker(END_MARKERS + "m/n1.x", out_of_time=False) == AFTER_END_MARKERS
    assert place.end_folder == "m"
    place.after_marker(END_MARKERS + "c/n1.x", out_of_time=True)
    assert place.end_folder == "c"


def test_claims_are_listed_whatever_the_time() -> None:
    assert Place().after_marker(".imagedrop/abc.json", out_of_time=True) == ".imagedrop/abc.json"


def test_a_thousand_images_that_wait_for_their_sidecars_fit_into_a_row_of_the_ledger() -> None:
    keys = ["é" * length for length in range(1, 512)]
    place = Place(keys[-1], [(key, VERSION) for key in keys])
    note = place.note(datetime(2026, 11, 24, tzinfo=UTC))
    assert Place.load(note) == place
    assert len(repr(note)) < 60_000
