"""The parts of a job: one for each file, with an image of its own, and how long each takes."""

from __future__ import annotations

import random

from imagedrop_local.ims.create_requests import ImageFile
from imagedrop_local.ims.sources import GIB, Source
from imagedrop_local.json_store import Document

# Seconds of the cloud; with 40 GiB some five minutes, as users report.
PARSED, PARSED_A_GIB = 115, 4.0
QUICK, QUICK_A_GIB = 40, 0.4


def new_id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def new(file: ImageFile, source: Source, chance: random.Random) -> Document:
    """The record of a part whose import has not begun."""
    return {
        "job_id": new_id(chance),
        "image_id": file.image_id or _uuid(new_id(chance)),
        "role": file.role,
        "name": file.name,
        "description": file.description,
        "min_disk": file.min_disk,
        "quick": file.quick,
        "tags": file.tags,
        "bucket": source.bucket,
        "key": source.key,
        "etag": source.etag,
        "size": source.size,
        "failure": None,
    }


def seconds(file: ImageFile, source: Source) -> float:
    """How long the import of a file takes."""
    size = source.size / GIB
    return QUICK + QUICK_A_GIB * size if file.quick else PARSED + PARSED_A_GIB * size


def _uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
