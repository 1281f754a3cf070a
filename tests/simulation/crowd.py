"""More than 100 images of others in the project, under the names that drops ask for: listings have several pages."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.ims_network import ImsNetwork

SIZE = 130  # ListImages: 100 images per page (imagedrop.adapters.ims.images)
NAMES = ("good", "good", "good", "renamed", "with-data")


class Crowd:
    def __init__(self, ims: ImsNetwork, random: Random) -> None:
        self._ims, self._random, self._count = ims, random, 0
        for _ in range(SIZE):
            self.add()

    def add(self) -> None:
        """One more image of somebody else, also between two pages of a listing."""
        self._count += 1
        created = self._ims.service._clock() - timedelta(seconds=self._random.random() * 86_400)
        image = {
            "id": f"{self._random.getrandbits(128):032x}",
            "status": "active",
            "name": self._random.choice(NAMES),
            "min_disk": 40,
            "tags": {"team": "others"},
            "created": created.isoformat(),
            "updated_at": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "protected": False,
            "attributes": {"__data_origin": "file,others:image.vhd", "virtual_env_type": "FusionCompute"},
        }
        self._ims.service._images._records.put(image)
