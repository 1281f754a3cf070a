"""The row of a drop: which fields it takes, and what is written of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from imagedrop.domain.drop import CHANNELS, ChannelDelivery, Drop, DropImage, with_next_revision
from imagedrop_local.memory.fake_clock import START
from tests.support.world import KEY, World


def test_field_that_a_row_does_not_have_is_refused(world: World) -> None:
    with pytest.raises(TypeError, match=r"^Drop has no field color, size_gb, stages$"):
        world.accepted().model_copy(update={"stages": 1, "size_gb": 2, "color": 3, "size": 4})


def test_fields_that_came_later_are_written_only_if_they_are_set() -> None:
    row = Drop(drop_id="i", bucket="b", key=KEY, received_at="t", updated_at="t", deadline_at="t")
    late = {"queued_since", "attempt_left", "calls", "images_missing_since", "late"}
    assert not late & row.model_dump(mode="json").keys()
    changes = {"queued_since": "t", "attempt_left": 0, "calls": 1, "images_missing_since": "t", "late": {}}
    assert late <= row.model_copy(update=changes).model_dump(mode="json").keys()
    assert "repeats" not in ChannelDelivery().model_dump()
    assert ChannelDelivery(repeats=1).model_dump()["repeats"] == 1


def test_parts_are_the_files_other_than_image_and_sidecar(world: World) -> None:
    row = world.accepted()
    assert row.parts == ()
    versions = {**row.versions, "golden/data.vhd": None}
    assert row.model_copy(update={"versions": versions, "images": (DropImage(role="system", id="i"),)}).parts == (
        "golden/data.vhd",
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [("done", True), ("skipped", True), ("refused", True), ("sending", False), ("pending", False)],
)
def test_an_end_is_delivered_if_nothing_is_left_to_do_on_any_channel(world: World, state: Any, expected: bool) -> None:
    row, others = world.accepted(), {channel: ChannelDelivery(state="done") for channel in CHANNELS}
    told = row.model_copy(update={"deliveries": others | {"mail": ChannelDelivery(state=state)}})
    assert told.all_delivered is expected
    assert not row.all_delivered


def saved_at(row: Drop, second: int) -> Drop:
    return with_next_revision(row.updated(START + timedelta(seconds=second)))


def test_revision_does_not_come_again_after_an_older_ledger_was_restored() -> None:
    """A worker that has read the row before the restore must not overwrite what was written since."""
    backup = saved_at(row(), 0)
    lost, again = saved_at(backup, 1), saved_at(backup, 2)
    assert backup.revision < lost.revision < again.revision


def test_revision_grows_even_if_the_clock_goes_back() -> None:
    saved = saved_at(row(), 0)
    assert saved_at(saved, -3600).revision == saved.revision + 1


def row() -> Drop:
    now = "2026-11-24T13:00:00.000Z"
    return Drop(drop_id="d", bucket="drops", key=KEY, received_at=now, updated_at=now, deadline_at=now)
