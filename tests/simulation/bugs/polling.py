"""The wrong image is adopted, or a job is polled wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, Ports
from imagedrop.workflow import image_lookup, made_images, poll
from imagedrop.workflow.register import create_image, register
from tests.simulation.bugs.planting import Planting, changed


def replacement_unnoticed(patch: Planting) -> None:
    """A drop is registered though its file was replaced during the import."""
    patch.setattr(poll, "_changed_file", lambda ports, row: None)


def data_file_forgotten(patch: Planting) -> None:
    """A drop is registered though its data file was replaced during the import."""
    changed_file = poll._changed_file

    def of_image(ports: Ports, row: Drop) -> str | None:
        return changed_file(ports, changed(row, versions={row.key: row.versions[row.key]}))

    patch.setattr(poll, "_changed_file", of_image)


def data_image_forgotten(patch: Planting) -> None:
    """A drop is registered as its system image alone, without its data images."""
    patch.setattr(poll, "one_per_file", lambda row, images: made_images.one_per_file(row, images)[:1])


def disowned_image_adopted(patch: Planting) -> None:
    """An image in `disowned_images` is adopted."""

    def by_tag(ports: Ports, row: Drop) -> list[Image]:
        return list(ports.images.by_tag(image_lookup.DROP_TAG, row.drop_id))

    patch.setattr(create_image, "images_by_tag", by_tag)
    patch.setattr(poll, "images_by_tag", by_tag)


def foreign_image_adopted(patch: Planting) -> None:
    """Any image made from this key under this name is adopted, whatever its tag and time."""

    def find(ports: Ports, row: Drop) -> image_lookup.FoundImages:
        origin = f"file,{row.bucket}:{row.key}"
        named = ports.images.by_name(row.request["name"] if row.request else "")
        return image_lookup.FoundImages([image for image in image_lookup.usable(named) if image.origin == origin])

    check_images = poll._check_images

    def blind(ports: Ports, row: Drop, found: Any, job: Any) -> None:
        check_images(ports, row, [_retagged(image, row) for image in found], job)

    patch.setattr(register, "find_images", find)
    patch.setattr(poll, "_check_images", blind)


def _retagged(image: Image, row: Drop) -> Image:
    return replace(image, tags={image_lookup.DROP_TAG: row.drop_id})


def deadline_starts_again(patch: Planting) -> None:
    """Every poll of a job moves its deadline."""
    wait = poll._wait

    def patient(ports: Ports, row: Drop, held: Any = None, missing_since: str | None = None) -> None:
        more = add_seconds(format_timestamp(ports.clock()), ports.settings.attempt_deadline)
        wait(ports, changed(row, deadline_at=more), held, missing_since)

    patch.setattr(poll, "_wait", patient)


def older_generation_obeyed(patch: Planting) -> None:
    """A message of an older generation is not ignored."""
    decide = poll.decide

    def any_generation(row: Drop | None, attempt: int, generation: int, now: datetime) -> poll.Action:
        return decide(row, attempt, row.generation if row else generation, now)

    patch.setattr(poll, "decide", any_generation)
