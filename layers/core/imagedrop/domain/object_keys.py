"""The name of the bucket, and object keys in it.

<image>                    the image
<image>.json               its sidecar
<folder>/<base>.mf         its bitmap file
<folder>/<file>            a data disk that the sidecar names
<image>.result.json        the result file, written by imagedrop
.imagedrop/...             claims, end markers, and name and start of the installation, written by imagedrop
"""

from __future__ import annotations

import re

FOLDER = ".imagedrop/"
END_MARKERS = FOLDER + "ended/"
INSTALLATION = FOLDER + "installation"
START = FOLDER + "start"
PROBES = FOLDER + "probe/"
RESULT_SUFFIX = ".result.json"
SIDECAR_SUFFIX = ".json"

_BUCKET = re.compile(r"(?!.*(\.\.|\.-|-\.))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IP_ADDRESS = re.compile(r"(\d+\.){3}\d+")


def is_bucket(name: str) -> bool:
    """3 to 63 of a-z, 0-9, `-`, `.`, letter or digit at both ends, not an IP address (OBS API: CreateBucket)."""
    return bool(_BUCKET.fullmatch(name)) and not _IP_ADDRESS.fullmatch(name)


def is_ours(key: str) -> bool:
    """True for objects that imagedrop writes. They never start a drop."""
    return key.startswith(FOLDER) or key.endswith(RESULT_SUFFIX)


def is_claim(key: str) -> bool:
    """False for whatever else is in the folder."""
    return re.fullmatch(re.escape(FOLDER) + r"[\w-]{43}\.json", key, re.ASCII) is not None


def sidecar_key(image_key: str) -> str:
    return image_key + SIDECAR_SUFFIX


def result_key(image_key: str) -> str:
    return image_key + RESULT_SUFFIX


def claim_key(drop_id: str) -> str:
    return f"{FOLDER}{drop_id}.json"


def bitmap_key(image_key: str) -> str:
    """`image01.raw` -> `image01.mf`, as Huawei's CreateMF tool names it."""
    folder, slash, name = image_key.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name) + ".mf"


def part_key(image_key: str, file: str) -> str:
    """The key of a file that the sidecar names: it is in the image's folder."""
    folder, slash, _ = image_key.rpartition("/")
    return folder + slash + file
