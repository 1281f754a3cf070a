"""That a volume is as hard to read as its recipe wants it: else a test of it would prove nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samples.builder.recipe import Ntfs

FEW = 20  # extents


def layout_problems(wanted: Ntfs, layouts: list[dict[str, Any]]) -> Iterator[str]:
    """`layouts`: what the judge saw of the first volume with a Windows; empty where it saw none."""
    for seen in layouts:
        if seen["cluster"] != wanted.cluster:
            yield f"clusters of {seen['cluster']} bytes, should be {wanted.cluster}"
        if wanted.pieces and seen["hive_extents"] < FEW:
            yield f"SOFTWARE has {seen['hive_extents']} extents, should be in pieces"
        if wanted.mft_pieces and seen["mft_extents"] < FEW:
            yield f"the MFT has {seen['mft_extents']} extents, should be in pieces"
        if bool(wanted.compressed) != seen["hive_compressed"]:
            yield f"SOFTWARE compressed: {seen['hive_compressed']}"
