"""The volumes in fixtures/: raw, made by mkntfs and filled by ntfs-3g."""

from __future__ import annotations

import functools
import lzma
from pathlib import Path
from typing import NamedTuple

from imagedrop.inspection.ntfs import Volume
from samples.builder.recipe import Ntfs
from tests.unit.inspection.images import open_container
from tests.unit.inspection.ntfs.contents import COMPRESSED_FOLDER

FIXTURES = Path(__file__).parent / "fixtures"
MIB = 1 << 20


class VolumeRecipe(NamedTuple):
    """`names`: files in its large directory; `compressed`: by NTFS, `wof`: by the overlay filter, some of them."""

    how: Ntfs
    size: int
    names: int
    compressed: bool = False
    wof: bool = False

    @property
    def unit(self) -> int:
        return 16 * self.how.cluster if self.compressed else 0


VOLUMES = {
    "small-clusters": VolumeRecipe(
        Ntfs(cluster=512, compressed=(COMPRESSED_FOLDER,)), 6 * MIB, 120, compressed=True, wof=True
    ),
    "shattered-mft": VolumeRecipe(Ntfs(cluster=2048, pieces=1, mft_pieces=1), 12 * MIB, 470),
    "common": VolumeRecipe(Ntfs(cluster=4096, compressed=(COMPRESSED_FOLDER,)), 6 * MIB, 200, compressed=True),
    "large-clusters": VolumeRecipe(Ntfs(cluster=65536), 24 * MIB, 120),
}


@functools.cache
def volume_bytes(name: str) -> bytes:
    return lzma.decompress((FIXTURES / f"{name}.ntfs.xz").read_bytes())


def open_volume(data: bytes) -> Volume:
    return Volume(open_container(data, "volume.raw"), 0)
