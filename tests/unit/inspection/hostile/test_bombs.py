"""Compression bombs: thousands of units, each within its own limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imagedrop.inspection import Budget
from tests.unit.inspection.hostile.bombs import lznt1_hive, overlaid_hive, qcow2_hive, scattered_hive
from tests.unit.inspection.hostile.limits import inspect_within_limits
from tests.unit.inspection.images import finding_ids, inspect_bytes

BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a hive whose 2,000 values each lie in a unit of LZNT1": (lambda: lznt1_hive(2000, 16), "a.raw"),
    "a hive whose 200 values each lie in a unit of LZNT1 of 1 MiB": (lambda: lznt1_hive(200, 256), "a.raw"),
    "a hive whose 500 values each lie in a chunk of LZX": (lambda: overlaid_hive(500), "a.raw"),
    "a hive whose 2,000 values each lie in a compressed cluster of 2 MiB": (lambda: qcow2_hive(2000, 21), "a.qcow2"),
}


@pytest.mark.parametrize("case", BOMBS)
def test_an_image_of_thousands_of_compressed_units_exceeds_the_budget(case: str) -> None:
    build, name = BOMBS[case]
    assert "image.budget" in finding_ids(inspect_within_limits(build(), name))


def test_the_same_image_with_few_compressed_units_is_read() -> None:
    """So the images above exceed the budget only because they have so many units."""
    for data, name in ((lznt1_hive(20, 16), "a.raw"), (overlaid_hive(20), "a.raw"), (qcow2_hive(20, 21), "a.qcow2")):
        inspection = inspect_within_limits(data, name)
        assert "image.budget" not in finding_ids(inspection)
        assert inspection.facts.windows
        assert inspection.facts.windows.edition == "z"


def test_a_hive_in_very_many_fragments_is_read_and_costs_steps() -> None:
    data = scattered_hive(20_000)
    inspection = inspect_within_limits(data)
    assert inspection.facts.windows
    assert inspection.facts.windows.edition == "ServerDatacenter"
    assert "image.budget" in finding_ids(inspect_bytes(data, "a.raw", budget=Budget(steps=60_000)))
