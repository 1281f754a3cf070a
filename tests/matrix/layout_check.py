"""Checks that a volume is as fragmented and compressed as its recipe requires: else its test proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samples.builder.recipe import Ntfs

MIN_EXTENTS = 20  # of a fragmented file


def layout_problems(recipe: Ntfs, layouts: list[dict[str, Any]]) -> Iterator[str]:
    """`layouts`: of the first volume with a Windows, by dissect; empty where it found none."""
    for layout in layouts:
        if layout["cluster"] != recipe.cluster:
            yield f"clusters of {layout['cluster']} bytes, should be {recipe.cluster}"
        if recipe.pieces and layout["hive_extents"] < MIN_EXTENTS:
            yield f"SOFTWARE has {layout['hive_extents']} extents, should be fragmented"
        if recipe.mft_pieces and layout["mft_extents"] < MIN_EXTENTS:
            yield f"the MFT has {layout['mft_extents']} extents, should be fragmented"
        if bool(recipe.compressed) != layout["hive_compressed"]:
            yield f"SOFTWARE compressed: {layout['hive_compressed']}"
