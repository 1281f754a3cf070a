"""Finds the image keys in a listing, with image and sidecar, while the keys come in their order. No I/O.

A sidecar comes after its image, but not at once: `a.vhd`, `a.vhd-old`, `a.vhd.json`. Between the two there are only
keys that begin with the image's key. So the images that still wait for their sidecars are prefixes of each other: few,
also in a bucket of a million keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagedrop.domain.drop import FileVersion
from imagedrop.domain.object_keys import SIDECAR_SUFFIX, sidecar_key
from imagedrop.settings import Settings
from imagedrop.workflow.pairing import looks_like_image


@dataclass(frozen=True, slots=True)
class Pair:
    """The image and the sidecar of an image key; None: there is no such object. Parts of other drops are among them."""

    image_key: str
    image: FileVersion | None
    sidecar: FileVersion | None


class PairingInOrder:
    """`pending`: keys whose sidecars may still come, each a prefix of the next; changed in place."""

    def __init__(self, settings: Settings, pending: list[tuple[str, FileVersion]]) -> None:
        self._settings, self._pending = settings, pending

    def add(self, key: str, version: FileVersion) -> Iterator[Pair]:
        """The next key of the listing."""
        yield from self.move_to(key)
        if not key.endswith(SIDECAR_SUFFIX):
            self._pending.append((key, version))
            return
        image_key = key.removesuffix(SIDECAR_SUFFIX)
        if self._pending and self._pending[-1][0] == image_key:
            yield Pair(image_key, self._pending.pop()[1], version)
        elif looks_like_image(image_key, self._settings):
            yield Pair(image_key, None, version)

    def move_to(self, key: str | None) -> Iterator[Pair]:
        """The images that have no sidecar, as the listing is at `key` now; None: at its end."""
        while self._pending and (key is None or key > sidecar_key(self._pending[-1][0])):
            image_key, version = self._pending.pop()
            if looks_like_image(image_key, self._settings):
                yield Pair(image_key, version, None)
