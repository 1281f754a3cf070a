"""Work on what is here already: counted, so that it ends alike on every machine."""

from __future__ import annotations

import pytest

from imagedrop.inspection import Budget
from imagedrop.inspection.block_cache import BLOCK, BlockCache
from imagedrop.inspection.budget import BudgetExceeded
from tests.unit.inspection.images import MemorySource, finding_ids, fixture, inspect_bytes
from tests.unit.inspection.windows.images import expected, windows_image


def test_reading_the_same_again_and_again_ends() -> None:
    cache = BlockCache(MemorySource(bytes(BLOCK)), Budget(steps=1000))

    def again_and_again() -> None:
        for _ in range(1000):
            cache.read(0, 4)

    with pytest.raises(BudgetExceeded) as stopped:
        again_and_again()
    assert (stopped.value.limit, stopped.value.unit) == (1000, "steps of work")
    assert cache.cost.gets == 1


def test_what_needs_no_request_is_ended_with_a_finding_and_what_was_seen_until_then() -> None:
    seen = inspect_bytes(fixture("gpt.raw"), "a.raw", budget=Budget(steps=4000))
    assert "image.budget" in finding_ids(seen)
    assert seen.facts.format == "raw"


@pytest.mark.parametrize("name", expected())
def test_a_sound_windows_needs_a_fourth_of_it(name: str) -> None:
    seen = inspect_bytes(windows_image(name), f"{name}.qcow2", budget=Budget(steps=Budget().steps // 4))
    assert "image.budget" not in finding_ids(seen)
