"""Ledger, queues and sweep."""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import CHANNELS, ChannelDelivery, Drop
from imagedrop.entry import sqs_batch
from imagedrop.workflow import admission, digest
from imagedrop.workflow.bucket_records import end_markers, installation, results
from imagedrop.workflow.sweep import redrive
from imagedrop_local.memory import MemoryLedger
from tests.simulation.bugs.planting import Planting, changed


def no_revision_check(patch: Planting) -> None:
    """A row is written though another worker has changed it."""
    patch.setattr(MemoryLedger, "_check", lambda self, drop: None)


def live_drops_redriven(patch: Planting) -> None:
    """The sweep redrives drops that make progress, until it fails them."""
    patch.setattr(redrive, "seconds_between", lambda *_: 1e9)


def unreadable_message_retried(patch: Planting) -> None:
    """A message that cannot be parsed is retried without end."""
    patch.setattr(sqs_batch, "MAX_UNREADABLE_RECEIVES", 10**9)


def attempts_recounted(patch: Planting) -> None:
    """After the ledger is lost, attempts are counted from 1 again."""
    patch.setattr(end_markers, "with_ends", lambda objects, drop: drop)


def recovered_end_untold(patch: Planting) -> None:
    """An end that is restored from its result file counts as told, though its notices were not all sent."""
    read_result = results.read_result

    def told(*arguments: Any) -> Drop | None:
        row = read_result(*arguments)
        done = {channel: ChannelDelivery(state="done") for channel in CHANNELS}
        return changed(row, deliveries=done) if row else None

    patch.setattr(results, "read_result", told)


def old_files_are_drops(patch: Planting) -> None:
    """What lay in the bucket before is taken for drops whose events were lost."""
    patch.setattr(installation, "oldest_drop", lambda *_: "")


def digest_every_round(patch: Planting) -> None:
    """The operator gets a mail about images without a sidecar after each listing."""
    patch.setattr(digest, "EVERY", 0.0)


def queue_never_admitted(patch: Planting) -> None:
    """Drops that are queued for IMS are never admitted."""
    patch.setattr(admission, "admit_next", lambda ports, leaving=None: 0)
