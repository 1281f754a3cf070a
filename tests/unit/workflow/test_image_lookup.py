"""Which images are taken for those of a request whose outcome is unknown."""

from __future__ import annotations

import pytest

from imagedrop.ports import Image
from imagedrop.workflow.image_lookup import FoundImages, find_images
from tests.support.world import BUCKET, KEY, World

SENT = "2026-11-24T13:00:00.500Z"
SKEWED, EARLIER = "2026-11-24T12:46:00Z", "2026-11-24T12:44:59Z"  # within the margin for wrong clocks, and before it
NOW, LATER = "2026-11-24T13:00:00Z", "2026-11-24T13:10:00Z"
ORIGIN = f"file,{BUCKET}:{KEY}"
TAGS = {"own": {"imagedrop": "drop"}, "none": {}, "foreign": {"imagedrop": "another"}}


def find(world: World, *images: Image) -> FoundImages:
    for image in images:
        world.ports.images.add(image)
    row = world.accepted().model_copy(
        update={"drop_id": "drop", "sent_at": SENT, "disowned_images": ("disowned", "disowned too")}
    )
    return find_images(world.ports, row)


def image(
    image_id: str,
    tag: str,
    status: str = "active",
    created_at: str = LATER,
    origin: str = ORIGIN,
    name: str = "Golden W",
) -> Image:
    return Image(image_id, name, status, 40, created_at, TAGS[tag], origin)


@pytest.mark.parametrize(
    ("images", "own", "possible"),
    [
        ([image("a", "own")], ["a"], []),
        ([image("a", "own", created_at=EARLIER)], ["a"], []),  # of an earlier attempt
        ([image("a", "own", name="Other", origin="file,x:y")], ["a"], []),  # a person renamed it
        ([image("a", "none")], ["a"], []),
        ([image("a", "none", created_at=NOW)], ["a"], []),
        ([image("a", "none", created_at=SKEWED)], [], ["a"]),
        ([image("a", "none", created_at="2026-11-24T12:45:00Z")], [], ["a"]),
        ([image("a", "none", created_at=EARLIER)], [], []),
        ([image("a", "none", origin="file,x:y")], [], []),
        ([image("a", "none", name="Other")], [], []),
        ([image("a", "foreign")], [], []),
        ([image("disowned", "own"), image("disowned too", "none")], [], []),
        # deleted images
        ([image("a", "own", "killed")], ["a"], []),
        ([image("a", "own", "killed", EARLIER)], [], []),  # of an earlier request
        ([image("a", "none", "deleted", SKEWED)], [], []),
        ([image("a", "none", "deleted", NOW)], ["a"], []),
        ([image("a", "own", "killed"), image("b", "own", "saving")], ["a", "b"], []),
        ([image("a", "own", "killed"), image("b", "none", "saving")], ["b"], []),  # the killed one hides no other
        ([image("a", "own", "deleted", EARLIER), image("b", "none")], ["b"], []),
        ([image("a", "own", "killed"), image("b", "none", created_at=SKEWED)], ["a"], ["b"]),
    ],
)
def test_images_of_a_request_are_found_by_tag_or_by_source_and_time(
    world: World, images: list[Image], own: list[str], possible: list[str]
) -> None:
    found = find(world, *images)
    assert list(dict.fromkeys(image.id for image in found.own)) == own
    assert [image.id for image in found.possible] == possible
