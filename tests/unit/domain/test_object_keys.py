"""Keys of the files that belong to a drop."""

from __future__ import annotations

import pytest

from imagedrop.domain import object_keys


@pytest.mark.parametrize(
    ("image", "bitmap", "part"),
    [
        ("w.raw", "w.mf", "d.raw"),
        ("golden/w.raw", "golden/w.mf", "golden/d.raw"),
        ("golden/2022/w.v2.raw", "golden/2022/w.v2.mf", "golden/2022/d.raw"),
        ("golden.d/w", "golden.d/w.mf", "golden.d/d.raw"),
        ("golden/.raw", "golden/.raw.mf", "golden/d.raw"),
    ],
)
def test_bitmap_and_data_files_are_in_the_folder_of_the_image(image: str, bitmap: str, part: str) -> None:
    assert object_keys.bitmap_key(image) == bitmap
    assert object_keys.part_key(image, "d.raw") == part


@pytest.mark.parametrize(
    ("key", "ours", "claim"),
    [
        (object_keys.claim_key("i" * 43), True, True),
        (".imagedrop/" + "i" * 42 + ".json", True, False),
        (".imagedrop/" + "i" * 44 + ".json", True, False),
        (".imagedrop/" + "\u00e9" * 43 + ".json", True, False),
        (".imagedrop/sub/" + "i" * 39 + ".json", True, False),
        (object_keys.INSTALLATION, True, False),
        (object_keys.result_key("golden/w.vhd"), True, False),
        (object_keys.sidecar_key("golden/w.vhd"), False, False),
        ("golden/.imagedrop/w.vhd", False, False),
    ],
)
def test_own_objects_and_claims_are_told_from_others(key: str, ours: bool, claim: bool) -> None:
    assert (object_keys.is_ours(key), object_keys.is_claim(key)) == (ours, claim)
