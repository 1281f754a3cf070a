"""Faults: the differences of two headers, and how they are applied to another image."""

from __future__ import annotations

import pytest

from tests.oslo.donors import gpt, with_footer
from tests.oslo.faults import Bytes, Change, Fragment, Lines, faults
from tests.unit.inspection.images import error_ids, fixture, inspect_bytes

PASSED: Fragment = (("header", b"\0" * 8),)


def faults_of(*refused: bytes) -> list[list[Change]]:
    return list(faults({PASSED: False} | {(("header", data),): True for data in refused}))


def test_each_run_of_differing_bytes_is_a_fault_and_all_together_are_one() -> None:
    first, second = Bytes("header", 1, b"\1\1"), Bytes("header", 7, b"\2")
    assert faults_of(b"\0\1\1\0\0\0\0\2") == [[first], [second], [first, second]]


def test_one_run_is_one_fault() -> None:
    assert faults_of(b"\1" * 8) == [[Bytes("header", 0, b"\1" * 8)]]


def test_a_fragment_is_compared_with_the_most_similar_that_passed() -> None:
    similar: Fragment = (("header", b"\1\1\1\0\0\0\0\0"),)
    wrong: Fragment = (("header", b"\1\1\1\1\0\0\0\0"),)
    assert list(faults({PASSED: False, similar: False, wrong: True})) == [[Bytes("header", 3, b"\1")]]


def test_there_is_no_fault_where_no_fragment_passed() -> None:
    assert not list(faults({PASSED: True, (): False}))


def test_bytes_are_replaced_at_their_offset_and_the_length_stays() -> None:
    assert Bytes("header", 2, b"xy").apply(b"abcdef") == b"abxyef"
    assert Bytes("header", 5, b"xy").apply(b"abcdef") == b"abcdex"


def test_lines_of_a_text_replace_those_with_the_same_key() -> None:
    valid: Fragment = (("descriptor", b"# a\ntype=good\nrw 1 x\0\0"),)
    wrong: Fragment = (("descriptor", b"# a\ntype=bad\nrw 1 x\nmore\0"),)
    ((change,),) = faults({valid: False, wrong: True})
    assert change == Lines("descriptor", frozenset({"type"}), ("type=bad", "more"))
    assert change.apply(b"Type=fine\nRW 7 y\n" + bytes(40)) == b"RW 7 y\n\ntype=bad\nmore".ljust(57, b"\0")


@pytest.mark.parametrize("name", ["gpt", "vmdk"])
def test_the_donors_are_valid(name: str) -> None:
    data = gpt() if name == "gpt" else with_footer(fixture("stream.vmdk"))
    assert data
    inspection = inspect_bytes(data, f"a.{name}")
    assert not error_ids(inspection)
    assert inspection.facts.partition_table == (
        "gpt" if name == "gpt" else inspect_bytes(fixture("stream.vmdk")).facts.partition_table
    )


@pytest.mark.parametrize("name", ["sparse.vmdk", "v3.qcow2"])
def test_only_a_stream_optimized_vmdk_gets_a_footer(name: str) -> None:
    assert with_footer(fixture(name)) is None
