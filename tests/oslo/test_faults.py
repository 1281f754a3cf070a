"""What sets one header apart from another is found, alone and together, and lands in another image."""

from __future__ import annotations

import pytest

from tests.oslo.donors import gpt, with_footer
from tests.oslo.faults import Bytes, Change, Fragment, Lines, faults
from tests.unit.inspection.images import error_ids, fixture, inspect_bytes

SOUND: Fragment = (("header", b"\0" * 8),)


def of(*refused: bytes) -> list[list[Change]]:
    return list(faults({SOUND: False} | {(("header", data),): True for data in refused}))


def test_every_run_of_other_bytes_is_a_fault_and_so_are_all_of_them() -> None:
    first, second = Bytes("header", 1, b"\1\1"), Bytes("header", 7, b"\2")
    assert of(b"\0\1\1\0\0\0\0\2") == [[first], [second], [first, second]]


def test_one_run_is_one_fault() -> None:
    assert of(b"\1" * 8) == [[Bytes("header", 0, b"\1" * 8)]]


def test_a_fragment_is_held_against_the_nearest_that_passed() -> None:
    near: Fragment = (("header", b"\1\1\1\0\0\0\0\0"),)
    wrong: Fragment = (("header", b"\1\1\1\1\0\0\0\0"),)
    assert list(faults({SOUND: False, near: False, wrong: True})) == [[Bytes("header", 3, b"\1")]]


def test_where_nothing_passed_there_is_no_fault() -> None:
    assert not list(faults({SOUND: True, (): False}))


def test_bytes_are_put_in_their_place_and_the_length_stays() -> None:
    assert Bytes("header", 2, b"xy").apply(b"abcdef") == b"abxyef"
    assert Bytes("header", 5, b"xy").apply(b"abcdef") == b"abcdex"


def test_a_text_differs_by_lines_which_replace_those_about_the_same() -> None:
    sound: Fragment = (("descriptor", b"# a\ntype=good\nrw 1 x\0\0"),)
    wrong: Fragment = (("descriptor", b"# a\ntype=bad\nrw 1 x\nmore\0"),)
    ((change,),) = faults({sound: False, wrong: True})
    assert change == Lines("descriptor", frozenset({"type"}), ("type=bad", "more"))
    assert change.apply(b"Type=fine\nRW 7 y\n" + bytes(40)) == b"RW 7 y\n\ntype=bad\nmore".ljust(57, b"\0")


@pytest.mark.parametrize("name", ["gpt", "vmdk"])
def test_the_donors_are_sound(name: str) -> None:
    data = gpt() if name == "gpt" else with_footer(fixture("stream.vmdk"))
    assert data
    seen = inspect_bytes(data, f"a.{name}")
    assert not error_ids(seen)
    assert seen.facts.partition_table == (
        "gpt" if name == "gpt" else inspect_bytes(fixture("stream.vmdk")).facts.partition_table
    )


@pytest.mark.parametrize("name", ["sparse.vmdk", "v3.qcow2"])
def test_only_a_stream_takes_a_footer(name: str) -> None:
    assert with_footer(fixture(name)) is None
