"""Checks on images: at most one per drop, each tagged with its own drop, and every notice true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

from imagedrop.common.timestamps import parse_timestamp
from tests.chaos.observation import OUTCOME_UNKNOWN, Image, Observation, Violation

GONE = frozenset({"killed", "deleted"})


def one_image_per_drop(observed: Observation) -> Iterator[Violation]:
    """A second image is allowed only if an attempt with an unknown outcome ended before it was submitted."""
    images = [image for image in observed.images if image.role == "system" and image.status not in GONE]
    for drop_id, group in groupby(sorted(images, key=_by_drop_and_time), key=lambda image: image.drop_id):
        for first, second in pairwise(group):
            if not any(first.submitted <= at <= second.submitted for at in _unknown_ends(observed, drop_id)):
                yield Violation(drop_id, f"image {second.id} is a second one, after {first.id}")


def every_image_has_a_drop(observed: Observation) -> Iterator[Violation]:
    """Its content was uploaded, and its drop has ended."""
    uploaded, ended = observed.drop_ids(), {drop_id for drop_id, _ in observed.ends()}
    for image in observed.images:
        if image.drop_id not in uploaded:
            yield Violation(image.drop_id, f"image {image.id} has the tag of no drop: {image.drop_id!r}")
        elif image.drop_id not in ended:
            yield Violation(image.drop_id, f"image {image.id} was made, but its drop has not ended")


def every_notice_is_true(observed: Observation) -> Iterator[Violation]:
    """The images that a registered drop names exist, are active, have its tag, and were made from its files."""
    images = {image.id: image for image in observed.images}
    for notice in observed.notices:
        result = notice.document
        if result is None or result["stage"] != "registered":
            continue
        source = f"{notice.channel} of attempt {notice.end[1]}"
        if not any(named["role"] == "system" for named in result["images"]):
            yield Violation(notice.end[0], f"{source}: registered, but no system image is named")
        for named in result["images"]:
            if problem := _problem(observed, images.get(named["id"]), result, named["role"]):
                yield Violation(notice.end[0], f"{source} names {named['id']}, which {problem}")


def _problem(observed: Observation, image: Image | None, result: Mapping[str, Any], role: str) -> str:
    if image is None:
        return "does not exist"
    if image.status != "active":
        return f"is {image.status}"
    if image.drop_id != result["drop_id"]:
        return f"is the image of {image.drop_id}"
    if image.role != role:
        return f"is the {image.role} image"
    version = result["versions"].get(image.key) if image.key else None
    if version is not None and image.etag != version["etag"] and not _was_restored(observed, image, version["etag"]):
        return f"was made from {image.etag}, not from {version['etag']}"
    return ""


def _was_restored(observed: Observation, image: Image, etag: str) -> bool:
    """The file was replaced just before IMS read it and restored later. This cannot be noticed from outside."""
    uploads = (upload for upload in observed.uploads if (upload.key, upload.etag) == (image.key, etag))
    return any(upload.at >= image.submitted for upload in uploads)


def _unknown_ends(observed: Observation, drop_id: str) -> list[float]:
    """When attempts of this drop ended with an unknown outcome."""
    rows = [write.row for (ended_id, _), write in observed.ends().items() if ended_id == drop_id]
    return [
        parse_timestamp(row.ended_at or "").timestamp()
        for row in rows
        if row.reason and row.reason.code in OUTCOME_UNKNOWN
    ]


def _by_drop_and_time(image: Image) -> tuple[str, float]:
    return image.drop_id, image.submitted


CHECKS: tuple[Callable[[Observation], Iterator[Violation]], ...] = (
    one_image_per_drop,
    every_image_has_a_drop,
    every_notice_is_true,
)
