"""A short run on the real processes, with kills, a wipe, faults, good and bad drops."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import plan, report
from tests.chaos.run import run
from tests.chaos.world import World
from tests.support.signals import default_sigint

PACE = 1.0


@pytest.mark.timeout(900)  # about 40 s, and several times as long on a busy machine
@pytest.mark.parametrize(("seed", "drops"), [(213, 6), pytest.param(2, 8, marks=pytest.mark.long)])
def test_every_drop_ends_once_when_the_stack_is_killed_and_wiped(tmp_path: Path, seed: int, drops: int) -> None:
    with default_sigint(), World(tmp_path, plan.draw(seed, drops, pace=PACE)) as world:
        violations = run(world)
        observed = world.observed
    assert not violations, report.violations_text(observed, violations)
    assert [stop.what for stop in observed.interruptions] == ["stack", "stop and its folder"]
    assert {end.row.stage for end in observed.ends().values()} >= {"registered", "rejected"}
    assert len({notice.end for notice in observed.notices if notice.channel == "mail"}) >= drops
