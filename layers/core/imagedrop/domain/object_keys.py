"""The names of the keys that belong together, in one bucket.

<image>                    the image                       <image>.json           its sidecar
<folder>/<base>.mf         its bitmap file                 <image>.result.json    how its drop ended (ours)
<folder>/<file>            a data disk of the sidecar's    .imagedrop/...         claims and seals (ours)
"""

from __future__ import annotations

FOLDER = ".imagedrop/"
END_MARKERS = FOLDER + "ended/"
RESULT_SUFFIX = ".result.json"
SIDECAR_SUFFIX = ".json"


def is_ours(key: str) -> bool:
    """True for what imagedrop itself writes: it never starts anything."""
    return key.startswith(FOLDER) or key.endswith(RESULT_SUFFIX)


def sidecar_key(image_key: str) -> str:
    return image_key + SIDECAR_SUFFIX


def result_key(image_key: str) -> str:
    return image_key + RESULT_SUFFIX


def claim_key(drop_id: str) -> str:
    return f"{FOLDER}{drop_id}.json"


def bitmap_key(image_key: str) -> str:
    """CreateMF's convention: image01.raw has its bitmap in image01.mf."""
    folder, slash, name = image_key.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name) + ".mf"


def part_key(image_key: str, file: str) -> str:
    """A file that the sidecar names lies in the image's own folder."""
    folder, slash, _ = image_key.rpartition("/")
    return folder + slash + file
