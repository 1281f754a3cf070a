"""A short run on the real processes, with everything of a long one: kills, a wipe, faults, good and bad drops."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import plan, report
from tests.chaos.run import run
from tests.chaos.world import World
from tests.support.signals import ctrl_c_is_heard

PACE = 1.0


@pytest.mark.timeout(900)  # some forty seconds, and several times as many on a busy machine
@pytest.mark.parametrize(("seed", "drops"), [(213, 6), pytest.param(2, 8, marks=pytest.mark.long)])
def test_every_drop_ends_once_though_the_stack_is_killed_and_wiped(tmp_path: Path, seed: int, drops: int) -> None:
    with ctrl_c_is_heard(), World(tmp_path, plan.draw(seed, drops, pace=PACE)) as world:
        found = run(world)
        seen = world.seen
    assert not found, report.told(seen, found)
    assert [one.what for one in seen.interruptions] == ["stack", "stop and its folder"]
    assert {one.row.stage for one in seen.ends().values()} >= {"registered", "rejected"}
    assert len({one.end for one in seen.tellings if one.channel == "mail"}) >= drops
