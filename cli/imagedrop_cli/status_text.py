"""What a drop is doing, in a few words."""

from __future__ import annotations

from imagedrop.domain.drop import Drop


def describe(row: Drop) -> str:
    if row.ended:
        return _end(row)
    if row.held:
        return f"waits for an operator: {row.held.code} {row.held.message}{_again(row)}"
    if row.blocked_by:
        return "waits for the end of older content of this key"
    if row.missing:
        return f"waits for {', '.join(row.missing)}"
    return _at_ims(row)


def _at_ims(row: Drop) -> str:
    if row.stage == "importing":
        return f"IMS job {row.job_id}" if row.job_id else "IMS imports it"
    if row.stage == "submitting" and row.sent_at is not None:
        lost = row.updated_at != row.sent_at  # nothing is written between the request and its answer
        return f"IMS's answer was lost; looking for the image{_again(row)}" if lost else "IMS is being asked"
    if row.open_index_partition == "queued":
        return "waits for its turn with IMS"
    if row.stage == "accepted" and row.next_at:
        return f"IMS did not take it yet{_again(row)}"
    return "at work"


def _end(row: Drop) -> str:
    if row.open:
        return "its owner is being told"
    if row.reason:
        return f"{row.reason.code}: {row.reason.message}"
    return ", ".join(f"image {image.id}" for image in row.images)


def _again(row: Drop) -> str:
    return f"; by itself again at {row.next_at[:19]}Z" if row.next_at else ""
