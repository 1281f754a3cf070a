"""The parts of a job: one per file, each with its own image and its own duration."""

from __future__ import annotations

import random

from imagedrop_local.ims.create_requests import ImageFile
from imagedrop_local.ims.sources import GIB, Source
from imagedrop_local.json_store import Document

# Simulated seconds; about five minutes for 40 GiB, as users report.
PARSED, PARSED_A_GIB = 115, 4.0
QUICK, QUICK_A_GIB = 40, 0.4


def new_id(rng: random.Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def new(file: ImageFile, source: Source, rng: random.Random) -> Document:
    """The record of a part whose import has not started."""
    return {
        "job_id": new_id(rng),
        "image_id": file.image_id or _uuid(new_id(rng)),
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
    """The duration of the import of a file, in simulated seconds."""
    size = source.size / GIB
    return QUICK + QUICK_A_GIB * size if file.quick else PARSED + PARSED_A_GIB * size


def _uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
