"""Which of the images that IMS shows are those of a drop, and of which file each is. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from imagedrop.domain.drop import Drop, DropImage
from imagedrop.ports import Image


def one_per_file(row: Drop, images: Sequence[Image]) -> Sequence[Image]:
    """The newest image of each file that was asked for, the system image first; empty if one is missing. There may be
    more, of earlier requests whose outcome was unknown."""
    chosen = dict[str, Image]()  # by id
    files = files_by_origin(row)
    for origin, key in files.items():
        # IMS may not state the origin, or in another form.
        is_data = key != row.key
        of_file = [
            image
            for image in images
            if (image.origin == origin or (image.origin not in files and image.data_disk == is_data))
            and image.id not in chosen
        ]
        if not of_file:
            return []
        newest = max(of_file, key=lambda image: (image.created_at, image.id))
        chosen[newest.id] = newest
    return list(chosen.values())


def describe(row: Drop, active: Sequence[Image]) -> tuple[DropImage, ...]:
    """The images with role and file, the system image first."""
    files = files_by_origin(row)
    described = []
    for image in active:
        file = files.get(image.origin or "")
        role: Literal["system", "data"] = "data" if image.data_disk or file not in (None, row.key) else "system"
        described.append(DropImage(role=role, id=image.id, name=image.name, min_disk=image.min_disk, file=file))
    return tuple(sorted(described, key=lambda image: image.role != "system"))


def files_by_origin(row: Drop) -> dict[str, str]:
    """Origin in IMS -> key, of the image and the data files that are asked for."""
    urls = [f"{row.bucket}:{row.key}", *(image["image_url"] for image in row.data_images)]
    return {f"file,{url}": url.partition(":")[2] for url in urls}
