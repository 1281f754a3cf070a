"""How a step of registration ends: the import is followed, the call or the search is repeated later, or the drop
fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from imagedrop.backoff import growing_wait
from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, DropImage, Held
from imagedrop.observability import log_drop
from imagedrop.ports import Image, ObjectsRefused, ObjectsUnavailable, OutOfTime, Ports, RetryLater
from imagedrop.workflow import completion, dispatch
from imagedrop.workflow.bucket_records import claims, installation
from imagedrop.workflow.image_lookup import DROP_TAG
from imagedrop.workflow.operator_hold import hold_for
from imagedrop.workflow.register.decisions import is_overdue

BUSY_FIRST, BUSY_LONGEST = 20.0, 600.0  # s between two calls of CreateImage
HELD_WAIT = 900.0  # s
LOOK_UP_FIRST, LOOK_UP_LONGEST = 15.0, 300.0  # s between two lookups


def follow(ports: Ports, row: Drop, job_id: str | None, found: Sequence[Image]) -> None:
    """From now on `poll` follows the job, or the images where the job is not known."""
    images = tuple(
        DropImage(role="data" if image.data_disk else "system", id=image.id, name=image.name, min_disk=image.min_disk)
        for image in sorted(found, key=lambda image: image.data_disk)
    )
    first = ports.settings.poll_first if job_id else 1
    row = ports.ledger.save(transitions.begin_import(row, ports.clock(), job_id=job_id, images=images, first=first))
    log_drop("importing", row, job_id=job_id, images=[image.id for image in images])
    write_claim(ports, row)
    dispatch.send_next(ports, row, delay=first)


def call_later(ports: Ports, row: Drop, error: Exception) -> None:
    """Back to `accepted`, or to looking up if IMS may have an earlier call; raises RetryLater before the deadline. The
    drop keeps its slot: a busy IMS would refuse another drop as well."""
    held = hold_for(ports, row, error)
    if row.sent_at is not None:
        look_up_later(ports, row, held)
        return
    wait = HELD_WAIT if held else growing_wait(BUSY_FIRST, BUSY_LONGEST, row.tries, ports.random)
    accepted = transitions.return_to_accepted(row, ports.clock(), wait, held, admission="called")
    if row.stage == "submitting" and not isinstance(error, installation.OtherInstallation):
        # The claim may say that a request was sent. Before the save, because after it another worker may call.
        with suppress(ObjectsUnavailable, ObjectsRefused, OutOfTime):
            write_claim(ports, accepted)
    ports.ledger.save(accepted)
    raise RetryLater(wait)


def look_up_later(ports: Ports, row: Drop, held: Held | None = None) -> None:
    """Raises RetryLater before the deadline."""
    now = ports.clock()
    if is_overdue(row, now):
        give_up(ports, row)
        return
    wait = growing_wait(LOOK_UP_FIRST, LOOK_UP_LONGEST, row.tries, ports.random)
    due = add_seconds(format_timestamp(now), wait)
    ports.ledger.save(row.updated(now, admission="", tries=row.tries + 1, next_at=due, held=held, redrives=0))
    raise RetryLater(wait)


def give_up(ports: Ports, row: Drop) -> None:
    """Fails the drop, and says what it has waited for."""
    if row.stage == "submitting" and row.sent_at is not None:
        text = (
            f"IMS did not answer the request of {row.sent_at}. imagedrop looked for an image with the tag "
            f"{DROP_TAG}={row.drop_id} until {format_timestamp(ports.clock())} and found none."
        )
        completion.fail(ports, row, "ims.outcome_unknown", text)
        return
    why = f" It waited for an operator because of {row.held.code}: {row.held.message}" if row.held else ""
    if row.open_index_partition == "queued":
        tasks = ports.settings.ims_tasks
        why = f" It waited for a free task since {row.queued_since}: IMS runs {tasks} at the same time.{why}"
    completion.fail(ports, row, "deadline", f"IMS did not accept the request by {row.deadline_at}.{why}")


def write_claim(ports: Ports, row: Drop) -> None:
    """Under the name of this installation."""
    claims.write_claim(ports.objects, row, ports.settings.installation)
