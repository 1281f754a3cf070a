"""A drop that the ledger has lost, or knows only in an older state, is recovered from its claim."""

from __future__ import annotations

import pytest

from imagedrop.domain.drop import Drop
from imagedrop.workflow import recovery
from tests.support.world import World


def importing(world: World) -> Drop:
    row = world.accepted()
    world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
    world.step()
    row = world.row()
    assert row.stage == "importing"
    world.ports.queues.wipe()
    return row


@pytest.mark.parametrize(("claimed", "known", "recovered"), [(3, None, 4), (3, 5, 6), (5, 3, 6)])
def test_polls_of_before_the_recovery_are_void(world: World, claimed: int, known: int | None, recovered: int) -> None:
    """They carry the generation of the claim, of the row, or one between."""
    row = importing(world)
    claim = row.model_copy(update={"generation": claimed})
    over = None if known is None else row.model_copy(update={"generation": known})
    if over is None:
        world.ports.ledger.wipe()
    assert recovery.revive(world.ports, claim, over).generation == recovered
    assert [body["generation"] for body in world.ports.queues.bodies("polls")] == [recovered]
