"""The wrong image is taken, or a job is followed wrongly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, Ports
from imagedrop.workflow import image_lookup, poll, register
from tests.simulation.bugs.planting import Planting, changed


def replacement_unnoticed(patch: Planting) -> None:
    patch.setattr(poll, "_changed", lambda ports, row: None)


def doubtful_image_taken(patch: Planting) -> None:
    def own(ports: Ports, row: Drop) -> list[Image]:
        return list(ports.images.by_tag(image_lookup.DROP_TAG, row.drop_id))

    patch.setattr(register, "images_by_tag", own)
    patch.setattr(poll, "images_by_tag", own)


def foreign_image_taken(patch: Planting) -> None:
    """Whatever was made of this key under this name is ours."""

    def find(ports: Ports, row: Drop) -> tuple[list[Image], list[Image]]:
        origin = f"file,{row.bucket}:{row.key}"
        named = ports.images.by_name(row.request["name"] if row.request else "")
        return [
            image for image in named if image.origin == origin and image.status not in image_lookup.DELETED_STATUSES
        ], []

    settle = poll._settle

    def blind(ports: Ports, row: Drop, found: Any, *, trusted: bool) -> None:
        settle(ports, row, [_retagged(image, row) for image in found], trusted=trusted)

    patch.setattr(register, "find_images", find)
    patch.setattr(poll, "_settle", blind)


def _retagged(image: Image, row: Drop) -> Image:
    return Image(
        image.id,
        image.name,
        image.status,
        image.min_disk,
        image.created_at,
        {image_lookup.DROP_TAG: row.drop_id},
        image.origin,
        image.data_disk,
    )


def deadline_starts_again(patch: Planting) -> None:
    """Every look at a job gives it more time."""
    wait = poll._wait

    def patient(ports: Ports, row: Drop, held: Any = None) -> None:
        more = add_seconds(format_timestamp(ports.clock()), ports.settings.attempt_deadline)
        wait(ports, changed(row, deadline_at=more), held)

    patch.setattr(poll, "_wait", patient)


def older_generation_obeyed(patch: Planting) -> None:
    judge = poll.decide

    def whichever(row: Drop | None, attempt: int, generation: int, now: datetime) -> poll.Action:
        return judge(row, attempt, row.generation if row else generation, now)

    patch.setattr(poll, "decide", whichever)
