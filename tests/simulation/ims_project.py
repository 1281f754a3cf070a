"""The images of the project as IMS has them, for the checks and for people who work past imagedrop."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from imagedrop.workflow.image_lookup import DROP_TAG

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagedrop_local.ims.service import Ims


@dataclass
class Import:
    """An import that IMS accepted at `at`."""

    drop_id: str
    key: str
    job: dict[str, Any]
    at: float

    @property
    def image_ids(self) -> list[str]:
        return [part["image_id"] for part in self.job["parts"]]

    def file_of(self, image_id: str) -> str:
        """The key that this image is made of."""
        return next(str(part["key"]) for part in self.job["parts"] if part["image_id"] == image_id)


class ImsProject:
    """`service`: the simulator. `imports`: all that IMS has accepted. `edited`: images that people gave another tag of
    imagedrop, or none."""

    service: Ims
    imports: list[Import]
    edited: set[str]
    log: Callable[[str], None]

    def all_images(self) -> dict[str, dict[str, Any]]:
        """Every image as it is now, visible through the API or not."""
        images = self.service._images
        self.service._advance()
        return {image["id"]: images.as_api(image) for image in images.all()}

    def visible_image_ids(self, drop_id: str) -> set[str]:
        """What a lookup by tag would find now."""
        self.service._advance()
        visible = self.service._images.visible()
        return {image["id"] for image in visible if f"{DROP_TAG}={drop_id}" in image["tags"]}

    def may_become_active(self, accepted: Import) -> bool:
        """The system image is active, or may become so: it is neither failed nor deleted."""
        self.service._advance()
        image = self.service._images.get(accepted.image_ids[0])
        if accepted.image_ids[0] in self.edited:
            return False  # nobody can tell any more to which drop it belongs
        return image is not None and image["status"] not in ("killed", "deleted") and accepted.job["status"] != "FAIL"

    def edit_tags(self, image_id: str, random: Random) -> None:
        """Somebody adds a tag to an image, or changes or removes the tag of imagedrop."""
        image, visible = self.service._images.get(image_id), {image["id"] for image in self.service._images.visible()}
        if image is None or image_id not in visible:
            return
        change = random.choice(({"team": "x"}, {DROP_TAG: "mine"}, {DROP_TAG: None}))
        tags = {name: value for name, value in {**image["tags"], **change}.items() if value is not None}
        if DROP_TAG in change:
            self.edited.add(image_id)
        self.log(f"IMS: somebody changes tags of {image_id[:6]}: {change}")
        self.service._images.save({**image, "tags": tags}, self.service._clock())
