"""The state of a drop in a few words."""

from __future__ import annotations

from imagedrop.domain.drop import Drop


def describe(row: Drop) -> str:
    if row.ended:
        return _end(row)
    if row.held:
        return f"waiting for an operator: {row.held.code} {row.held.message}{_next_try(row)}"
    if row.blocked_by:
        return "waiting for an earlier version of this key"
    if row.missing:
        return f"waiting for {', '.join(row.missing)}"
    return _at_ims(row)


def _at_ims(row: Drop) -> str:
    if row.stage == "importing":
        return f"IMS job {row.job_id}" if row.job_id else "IMS is importing it"
    if row.stage == "submitting" and row.sent_at is not None:
        lost = row.updated_at != row.sent_at  # an answer would have changed the stage
        return (
            f"IMS's answer was lost; searching for the image{_next_try(row)}" if lost else "sending the request to IMS"
        )
    if row.open_index_partition == "queued":
        return "waiting for a free IMS slot"
    if row.stage == "accepted" and row.next_at:
        return f"IMS has not accepted it yet{_next_try(row)}"
    return "in progress"


def _end(row: Drop) -> str:
    if row.open:
        return "notifying the owner"
    if row.reason:
        return f"{row.reason.code}: {row.reason.message}"
    return ", ".join(f"image {image.id}" for image in row.images)


def _next_try(row: Drop) -> str:
    return f"; next try at {row.next_at[:19]}Z" if row.next_at else ""
