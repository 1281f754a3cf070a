"""Ledger, queues and sweep."""

from __future__ import annotations

from imagedrop.entry import sqs_batch
from imagedrop.workflow import admission
from imagedrop.workflow.bucket_records import end_markers
from imagedrop.workflow.sweep import redrive
from imagedrop_local.memory import MemoryLedger
from tests.simulation.bugs.planting import Planting


def rows_written_blindly(patch: Planting) -> None:
    patch.setattr(MemoryLedger, "_check", lambda self, drop: None)


def live_drops_driven(patch: Planting) -> None:
    """The sweep drives what is on its way, until it gives it up."""
    patch.setattr(redrive, "seconds_between", lambda *_: 1e9)


def whole_batches_are_believed_in(patch: Planting) -> None:
    """An unreadable message is put back for ever."""
    patch.setattr(sqs_batch, "MAX_UNREADABLE_RECEIVES", 10**9)


def counted_from_one(patch: Planting) -> None:
    """A ledger that was lost begins to count attempts anew."""
    patch.setattr(end_markers, "last_attempt", lambda *_: 0)


def nobody_is_called(patch: Planting) -> None:
    """Who stands in line for IMS is never called."""
    patch.setattr(admission, "admit_next", lambda ports, leaving=None: 0)
