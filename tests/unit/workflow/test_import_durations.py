"""How long the image of a request without an answer is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.domain.resend_bound import RESEND_AFTER
from imagedrop.workflow import import_durations
from imagedrop.workflow.import_durations import GIB, KEPT, SHORTEST_WINDOW, Import, window
from tests.support.world import World

HOUR = 3600.0


@pytest.mark.parametrize(
    ("gib", "seen", "seconds"),
    [
        (0, [], 2 * HOUR),
        (40, [], 2 * HOUR),
        (128, [], RESEND_AFTER + 128 * 60),  # nothing was seen: a minute for each GiB
        (128, [Import(128, 900)], RESEND_AFTER + 128 * 60),
        (40, [Import(40, 300)], 2 * HOUR),
        (40, [Import(40, 300), Import(40, HOUR)], RESEND_AFTER + 4 * HOUR),  # four times the longest
        (40, [Import(40, HOUR), *[Import(40, 300)] * 30], RESEND_AFTER + 4 * HOUR),
        (10, [Import(40, HOUR)], RESEND_AFTER + 4 * HOUR),  # a smaller one may take as long
        (110, [Import(40, HOUR)], RESEND_AFTER + 8 * HOUR),  # (110 + 30) / (40 + 30) = 2
        (40, [Import(0.001, 120)], 2 * HOUR),  # a tiny one says little about a large one
    ],
)
def test_window_is_a_wide_multiple_of_the_durations_seen(gib: float, seen: list[Import], seconds: float) -> None:
    assert window(gib, seen, RESEND_AFTER) == pytest.approx(seconds)


GIBS = st.floats(0, 1024)
SEEN = st.lists(st.builds(Import, GIBS, st.floats(0, 1e6)), max_size=KEPT)


@given(GIBS, GIBS, SEEN, st.integers(1, 10_000))
def test_window_is_never_below_two_hours_and_grows_with_the_size(
    one: float, other: float, seen: list[Import], resend_after: int
) -> None:
    smaller, larger = (window(gib, seen, resend_after) for gib in sorted((one, other)))
    assert SHORTEST_WINDOW <= smaller <= larger


@given(GIBS, SEEN, st.builds(Import, GIBS, st.floats(0, 1e6)))
def test_window_has_room_for_every_import_seen(gib: float, seen: list[Import], longest: Import) -> None:
    assert window(gib, [*seen, longest], RESEND_AFTER) >= RESEND_AFTER + 4 * longest.seconds


def test_durations_of_the_latest_registered_drops_are_kept(world: World) -> None:
    for number in range(KEPT + 3):
        row = world.accepted(f"golden/{number}.vhd", size=int((number + 1) * GIB))
        world.ports.queues.send("registrations", {"drop_id": row.drop_id, "attempt": 1})
        world.run()
        assert world.row(row.key).stage == "registered"
    seen = (world.ports.ledger.load("imports") or {})["seen"]
    assert [gib for gib, _ in seen] == [number + 1.0 for number in range(3, KEPT + 3)]
    assert all(300 <= seconds <= 340 for _, seconds in seen)
    assert import_durations.window_of(world.ports, row) == 2 * HOUR


@pytest.mark.parametrize("changes", [{"size": None}, {"job_id": None}])
def test_import_of_unknown_size_or_start_is_not_recorded(world: World, changes: dict[str, object]) -> None:
    fields = {"size": 1 << 30, "job_id": "job", "job_started_at": world.now(), **changes}
    import_durations.record(world.ports, world.accepted().model_copy(update=fields))
    assert world.ports.ledger.load("imports") is None
