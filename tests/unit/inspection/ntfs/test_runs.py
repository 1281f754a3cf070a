"""Data runs: round trips, lookups, and malformed runs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.ntfs.runs import Extents, Run, decode_runs
from tests.unit.inspection.ntfs.crafted import runs

Pieces = list[tuple[int, int | None]]
PIECES = st.lists(st.tuples(st.integers(1, 2**40), st.none() | st.integers(0, 2**47)), max_size=12)
FEW = st.lists(st.tuples(st.integers(1, 9), st.none() | st.integers(0, 99)), max_size=8)


@settings(max_examples=100, deadline=None)
@given(PIECES, st.integers(0, 2**40), st.binary(max_size=8))
def test_runs_are_decoded_to_what_was_encoded(pieces: Pieces, first: int, behind: bytes) -> None:
    found = list(decode_runs(runs(pieces) + behind, first))
    assert [(run.clusters, run.lcn) for run in found] == pieces
    assert [run.vcn for run in found] == [first + sum(count for count, _ in pieces[:at]) for at in range(len(pieces))]


@settings(max_examples=100, deadline=None)
@given(FEW, st.integers(0, 60), st.integers(0, 60))
def test_any_clusters_of_a_stream_are_found(pieces: Pieces, first: int, count: int) -> None:
    lcns = [None if at is None else at + step for length, at in pieces for step in range(length)]
    extents = Extents(list(decode_runs(runs(pieces), 0)))
    found = list(extents.between(first, count))
    assert extents.clusters == len(lcns)
    wanted = lcns[first : first + count]
    assert [None if run.lcn is None else run.lcn + step for run in found for step in range(run.clusters)] == wanted
    assert [run.vcn + step for run in found for step in range(run.clusters)] == list(range(first, first + len(wanted)))


@pytest.mark.parametrize(
    "packed",
    [
        b"\x11",
        b"\x11\x05",
        b"\x10\x05",
        b"\x01\x00",
        b"\x0f" + b"\x01" * 15,
        b"\x91" + b"\x01" * 10,
        b"\x08" + b"\xff" * 8,
        b"\x07" + b"\xff" * 7,
        b"\x11\x05\x80",
        b"\x81\x05" + b"\xff" * 7 + b"\x7f",
        b"\x11\x01\x10\x11\x01\xe0",
    ],
    ids=["nothing", "no offset", "no length", "no clusters", "15 bytes of length", "9 of offset", "2^64 clusters",
         "2^56 clusters", "before the volume", "far behind it", "back before it"],
)  # fmt: skip
def test_malformed_runs_are_refused(packed: bytes) -> None:
    with pytest.raises(Unreadable):
        list(decode_runs(packed, 0))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_decoded_to_runs_within_bounds(packed: bytes) -> None:
    try:
        found = list(decode_runs(packed, 0))
    except Unreadable:
        return
    assert len(found) <= len(packed)
    assert all(run.clusters > 0 and (run.lcn is None or 0 <= run.lcn < 1 << 48) for run in found)


@pytest.mark.parametrize("second", [Run(4, 1, 9), Run(6, 1, 9), Run(0, 5, 9)], ids=["twice", "not at all", "again"])
def test_runs_with_an_overlap_or_a_gap_are_refused(second: Run) -> None:
    with pytest.raises(Unreadable):
        Extents([Run(0, 5, 100), second])


def test_a_lookup_behind_the_last_cluster_ends_early() -> None:
    assert list(Extents([Run(0, 5, 100)]).between(3, 9)) == [Run(3, 2, 103)]
    assert list(Extents([Run(0, 5, 100)]).between(5, 1)) == []
    assert list(Extents([]).between(0, 1)) == []
