"""Finds a drop's images in IMS: by its tag, or by origin, name and time while IMS does not show the tags yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imagedrop.common.timestamps import add_seconds
from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, Ports

DROP_TAG = "imagedrop"
DELETED_STATUSES = frozenset({"killed", "deleted"})
CLOCK_SKEW = 900.0  # s; IMS refuses a request whose signature is dated further from its own clock


class FoundImages(NamedTuple):
    """`own`: made by the drop's request, some perhaps deleted. `possible`: created within the clock-skew margin; not
    adopted until they show the drop's tag."""

    own: Sequence[Image]
    possible: Sequence[Image] = ()


def find_images(ports: Ports, row: Drop) -> FoundImages:
    """The images of a request with unknown outcome. By tag; else by origin and name, created since the request was sent
    and without another drop's tag."""
    assert row.sent_at is not None
    assert row.request is not None
    since = row.sent_at[:19]  # IMS dates to the second
    tagged = images_by_tag(ports, row)
    if usable(tagged):
        return FoundImages(tagged)
    same_source = _images_by_source(ports, row, row.request["name"])
    if own := usable([image for image in same_source if image.created_at[:19] >= since]):
        return FoundImages(own)
    earliest = add_seconds(row.sent_at, -CLOCK_SKEW)[:19]
    return FoundImages(
        own=[image for image in [*tagged, *same_source] if image.created_at[:19] >= since],
        possible=[image for image in usable(same_source) if image.created_at[:19] >= earliest],
    )


def _images_by_source(ports: Ports, row: Drop, name: str) -> list[Image]:
    """Made from this key under this name, without another drop's tag, and not disowned."""
    origin = f"file,{row.bucket}:{row.key}"
    return [
        image
        for image in ports.images.by_name(name)
        if image.origin == origin
        and image.tags.get(DROP_TAG, row.drop_id) == row.drop_id
        and image.id not in row.disowned_images
    ]


def images_by_tag(ports: Ports, row: Drop) -> list[Image]:
    """The images with this drop's tag that are not disowned."""
    return [image for image in ports.images.by_tag(DROP_TAG, row.drop_id) if image.id not in row.disowned_images]


def usable(images: Sequence[Image]) -> list[Image]:
    return [image for image in images if image.status not in DELETED_STATUSES]
