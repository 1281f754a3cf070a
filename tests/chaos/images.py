"""What must hold of the images: at most one a drop, each its own drop's, and every notice true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

from imagedrop.common.timestamps import parse_timestamp
from tests.chaos.observation import EXCUSES, Broken, Image, Seen

GONE = frozenset({"killed", "deleted"})


def one_image_a_drop(seen: Seen) -> Iterator[Broken]:
    """A second one only where an earlier attempt ended with an excuse before that was asked for."""
    whole = [one for one in seen.images if one.role == "system" and one.status not in GONE]
    for drop_id, group in groupby(sorted(whole, key=_order), key=lambda one: one.drop_id):
        for first, second in pairwise(group):
            if not any(first.submitted <= at <= second.submitted for at in _excused(seen, drop_id)):
                yield Broken(drop_id, f"image {second.id} is a second one, after {first.id}")


def every_image_is_of_a_drop(seen: Seen) -> Iterator[Broken]:
    """Of content that was dropped, and of one whose end is known."""
    dropped, ended = seen.drop_ids(), {drop_id for drop_id, _ in seen.ends()}
    for image in seen.images:
        if image.drop_id not in dropped:
            yield Broken(image.drop_id, f"image {image.id} carries the tag of no drop: {image.drop_id!r}")
        elif image.drop_id not in ended:
            yield Broken(image.drop_id, f"image {image.id} was made, and its drop has never ended")


def every_notice_is_true(seen: Seen) -> Iterator[Broken]:
    """The images that a registered drop names exist, are active, carry its tag, and were made of its files."""
    there = {image.id: image for image in seen.images}
    for telling in seen.tellings:
        told = telling.document
        if told is None or told["stage"] != "registered":
            continue
        where = f"{telling.channel} of attempt {telling.end[1]}"
        if not any(one["role"] == "system" for one in told["images"]):
            yield Broken(telling.end[0], f"{where}: registered, and no system image is named")
        for named in told["images"]:
            if why := _untrue(seen, there.get(named["id"]), told, named["role"]):
                yield Broken(telling.end[0], f"{where} names {named['id']}, which {why}")


def _untrue(seen: Seen, image: Image | None, told: Mapping[str, Any], role: str) -> str:
    if image is None:
        return "is not there"
    if image.status != "active":
        return f"is {image.status}"
    if image.drop_id != told["drop_id"]:
        return f"is the image of {image.drop_id}"
    if image.role != role:
        return f"is the {image.role} image"
    version = told["versions"].get(image.key) if image.key else None
    if version is not None and image.etag != version["etag"] and not _put_back(seen, image, version["etag"]):
        return f"was made of {image.etag}, not of {version['etag']}"
    return ""


def _put_back(seen: Seen, image: Image, etag: str) -> bool:
    """Overwritten just before IMS read it and put back since: nobody can tell that from outside."""
    return any(put.at >= image.submitted for put in seen.puts if (put.key, put.etag) == (image.key, etag))


def _excused(seen: Seen, drop_id: str) -> list[float]:
    """When attempts of this drop ended without anybody's knowing what became of their image."""
    rows = [one.row for (name, _), one in seen.ends().items() if name == drop_id]
    return [
        parse_timestamp(row.ended_at or "").timestamp() for row in rows if row.reason and row.reason.code in EXCUSES
    ]


def _order(image: Image) -> tuple[str, float]:
    return image.drop_id, image.submitted


EVERY: tuple[Callable[[Seen], Iterator[Broken]], ...] = (
    one_image_a_drop,
    every_image_is_of_a_drop,
    every_notice_is_true,
)
