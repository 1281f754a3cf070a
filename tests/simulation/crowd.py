"""More than 100 images of others in the project, under the names that drops ask for: listings have several pages."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.ims_network import ImsNetwork

SIZE = 150  # ListImages: 100 images per page (imagedrop.adapters.ims.images)


class Crowd:
    def __init__(self, ims: ImsNetwork, random: Random) -> None:
        self._ims, self._random, self._count = ims, random, 0
        self._shown: dict[str, dict[str, Any]] = {}
        images = ims.service._images
        as_api = images.as_api
        # They never change: to build their answers anew for every call would take most of the time of a history.
        images.as_api = lambda image: self._shown.get(image["id"]) or as_api(image)  # type: ignore[method-assign]
        for _ in range(SIZE):
            self.add()

    def add(self) -> None:
        """One more image of somebody else, also between two pages of a listing."""
        self._count += 1
        created = self._ims.service._clock() - timedelta(seconds=self._random.random() * 86_400)
        image = {
            "id": f"{self._random.getrandbits(128):032x}",
            "status": "active",
            "name": "good" if self._count % 6 else "renamed",
            "min_disk": 40,
            "tags": {"team": "others"},
            "created": created.isoformat(),
            "updated_at": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "protected": False,
            "attributes": {"__data_origin": "file,others:image.vhd", "virtual_env_type": "FusionCompute"},
        }
        images = self._ims.service._images
        images._records.put(image)
        self._shown[str(image["id"])] = images.as_api(image)
