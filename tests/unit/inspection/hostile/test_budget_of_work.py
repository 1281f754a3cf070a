"""Steps of work on cached bytes: counted, so that an inspection ends alike on every machine."""

from __future__ import annotations

import pytest

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BLOCK, BlockCache
from imagedrop.inspection.budget import BudgetExceeded
from tests.unit.inspection.images import MemorySource, finding_ids, fixture, inspect_bytes
from tests.unit.inspection.windows.images import expected, windows_image


def test_repeated_reads_of_the_same_bytes_end() -> None:
    cache = BlockCache(MemorySource(bytes(BLOCK)), Budget(steps=1000))

    def read_repeatedly() -> None:
        for _ in range(1000):
            cache.read(0, 4)

    with pytest.raises(BudgetExceeded) as stopped:
        read_repeatedly()
    assert (stopped.value.limit, stopped.value.unit) == (1000, "steps of work")
    assert cache.cost.gets == 1


def test_an_exceeded_budget_of_steps_is_a_finding_and_the_facts_known_so_far_are_kept() -> None:
    inspection = inspect_bytes(fixture("gpt.raw"), "a.raw", budget=Budget(steps=4000))
    assert "image.budget" in finding_ids(inspection)
    assert inspection.facts.format == "raw"


@pytest.mark.parametrize("name", expected())
def test_a_sound_windows_needs_less_than_a_fourth_of_the_steps(name: str) -> None:
    inspection = inspect_bytes(windows_image(name), f"{name}.qcow2", budget=Budget(steps=Budget().steps // 4))
    assert "image.budget" not in finding_ids(inspection)
