"""Which images of IMS are a drop's: by its tag, or by what else can be seen of them while tags cannot.

own   by the tag alone        find   of one request whose outcome is unknown
"""

from __future__ import annotations

from collections.abc import Sequence

from imagedrop.common.timestamps import add_seconds
from imagedrop.domain.drop import Drop
from imagedrop.ports import Image, Ports

DROP_TAG = "imagedrop"
DELETED_STATUSES = frozenset({"killed", "deleted"})
CLOCK_SKEW = 900.0  # s; IMS refuses a request that was signed at a time further from its own


def find_images(ports: Ports, row: Drop) -> tuple[list[Image], list[Image]]:
    """The images of this submit: by tag, else by origin with equal name, made since and with no other drop's tag. And
    those that may be of it, for all that two clocks can tell: until their tags are seen they are not taken."""
    assert row.sent_at is not None
    assert row.request is not None
    since = row.sent_at[:19]  # IMS dates to the second
    tagged = images_by_tag(ports, row)
    if usable(tagged):
        return tagged, []
    alike = _alike(ports, row, row.request["name"])
    ours = usable([image for image in alike if image.created_at[:19] >= since])
    if ours:
        return ours, []
    earliest = add_seconds(row.sent_at, -CLOCK_SKEW)[:19]
    perhaps = [image for image in usable(alike) if image.created_at[:19] >= earliest]
    return [image for image in [*tagged, *alike] if image.created_at[:19] >= since], perhaps


def _alike(ports: Ports, row: Drop, name: str) -> list[Image]:
    """Made of this key under this name, and not known to be another drop's or of nobody knows what."""
    origin = f"file,{row.bucket}:{row.key}"
    return [
        image
        for image in ports.images.by_name(name)
        if image.origin == origin
        and image.tags.get(DROP_TAG, row.drop_id) == row.drop_id
        and image.id not in row.disowned_images
    ]


def images_by_tag(ports: Ports, row: Drop) -> list[Image]:
    """The images with this drop's tag, but for those that were made of nobody knows what."""
    return [image for image in ports.images.by_tag(DROP_TAG, row.drop_id) if image.id not in row.disowned_images]


def usable(images: Sequence[Image]) -> list[Image]:
    return [image for image in images if image.status not in DELETED_STATUSES]
