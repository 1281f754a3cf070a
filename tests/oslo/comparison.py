"""Compares the results of oslo and imagedrop for one image. Known differences have a reason here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop.findings import Kind
from imagedrop.findings.inspection import damaged, disk, not_read, other_files, wrong_file
from imagedrop.inspection import FileSource, inspect

OsloResult = Mapping[str, Any]  # a line that tests/oslo/collect.py prints
MAX_SECONDS = 2
COMPARED = {
    kind.id
    for area in (other_files, damaged, disk, wrong_file, not_read)
    for kind in vars(area).values()
    if isinstance(kind, Kind)
}  # findings about the file and the disk; oslo's images hold no Windows

ENDINGS: dict[str | None, str] = {"gpt": "raw", None: "img"}
ALSO_CALLED = {
    "gpt": "raw",
    "qcow": "qcow2",
}  # oslo names a raw disk by its partition table, and takes QCOW for a version of QCOW2

# oslo accepts these and imagedrop refuses them: (oslo's format or the test, imagedrop's finding) -> reason
REFUSED = {
    ("iso", "image.iso"): "an installation medium is not a disk to register",
    ("luks", "image.encrypted_container"): "IMS has no passphrase for it",
    ("raw", "image.not_an_image"): "oslo takes unknown files for raw",
    ("raw", "image.not_sectors"): "no disk has this size",
    ("raw", "image.no_partition_table"): "random bytes have nothing to boot",
    ("format_5_gpt", "image.no_partitions"): "the MBR announces a GPT, and there is none",
    ("region_complete_detects_inner_format", "image.malformed"): "only a magic and a version: clusters of one byte",
    ("vmdk_bad_descriptor_mem_limit", "image.malformed"): "oslo reads the first MiB of a descriptor of 2 MiB",
    ("vmdk_bad_descriptor_mem_limit_stream_optimized", "image.malformed"): "the same",
    ("vmdk_with_footer", "image.truncated"): "the grain directory of its footer is far behind the end of the file",
}

# oslo refuses these and imagedrop accepts them: oslo's text -> reason
ACCEPTED = {
    "banned: This file format is not allowed": "IMS takes QED, and imagedrop reads it",
    "mbr: GPT MBR has invalid start CHS": "no firmware uses it to start a GPT disk, and parted writes another value",
    "mbr: GPT MBR defines invalid extra partitions": "an entry without sectors is no partition; a real one is refused",
}
NO_SIZE = ("qed",)  # oslo does not read the size of these


@dataclass(frozen=True, slots=True)
class ImagedropResult:
    """`errors`: findings about the file and the disk."""

    format: str | None
    virtual_size: int | None
    errors: frozenset[str]
    seconds: float


def inspect_with_imagedrop(oslo: OsloResult) -> ImagedropResult:
    """Raises what the inspection raises; it should raise nothing."""
    declared: str | None = oslo["declared"]
    ending = ENDINGS.get(declared, declared)
    started = time.monotonic()
    with FileSource(oslo["path"]) as source:
        inspection = inspect(source, file_name=f"{Path(oslo['path']).name}.{ending}")
    seconds = time.monotonic() - started
    facts = json.loads(json.dumps(inspection.facts.public()))
    json.dumps([finding.public() for finding in inspection.findings])
    errors = frozenset(finding.id for finding in inspection.findings if finding.severity == "error") & COMPARED
    return ImagedropResult(facts["format"], facts["virtual_size"], errors, seconds)


def disagreements(oslo: OsloResult, imagedrop: ImagedropResult) -> Iterator[str]:
    name, size = oslo["format"], oslo["virtual_size"]
    if name and imagedrop.format and ALSO_CALLED.get(name, name) != ALSO_CALLED.get(imagedrop.format, imagedrop.format):
        yield f"the format is {name} to oslo, {imagedrop.format} to imagedrop"
    if size and imagedrop.virtual_size not in (None, size) and name not in NO_SIZE:
        yield f"the disk has {size} bytes to oslo, {imagedrop.virtual_size} to imagedrop"
    if oslo["refusal"] and not imagedrop.errors and oslo["refusal"] not in ACCEPTED:
        yield f"oslo refuses it ({oslo['refusal']}), imagedrop does not"
    if not oslo["refusal"]:
        unnamed = sorted(error for error in imagedrop.errors if not reason_for_error(oslo, error))
        yield from (f"imagedrop refuses it ({error}), oslo does not" for error in unnamed)
    if imagedrop.seconds > MAX_SECONDS:
        yield f"it took {imagedrop.seconds:.1f} s"


def reason_for_error(oslo: OsloResult, error: str) -> str | None:
    """The known reason why imagedrop refuses an image that oslo accepts."""
    return REFUSED.get((oslo["origin"], error)) or REFUSED.get((oslo["format"], error))


def reason(oslo: OsloResult, imagedrop: ImagedropResult) -> str:
    """The known reason of a difference; empty where they agree or none is known."""
    if oslo["refusal"]:
        return "" if imagedrop.errors else ACCEPTED.get(oslo["refusal"], "")
    return "; ".join(filter(None, (reason_for_error(oslo, error) for error in sorted(imagedrop.errors))))
