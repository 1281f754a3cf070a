"""Where both have an opinion, they must have the same one; where they differ for a reason, the reason is named here."""

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

OsloResult = Mapping[str, Any]  # a line of tests/oslo/collect.py
MAX_SECONDS = 2
COMPARED = {
    kind.id
    for area in (other_files, damaged, disk, wrong_file, not_read)
    for kind in vars(area).values()
    if isinstance(kind, Kind)
}  # what is said of the file and the disk; that their disks hold no Windows is no matter

ENDINGS: dict[str | None, str] = {"gpt": "raw", None: "img"}
ALSO_CALLED = {"gpt": "raw", "qcow": "qcow2"}  # oslo calls a raw disk by its partition table; to it QCOW is a version

# Oslo passes them and imagedrop does not, by oslo's format or by the test.
REFUSED = {
    ("iso", "image.iso"): "an installation medium is no disk to register",
    ("luks", "image.encrypted_container"): "IMS has no passphrase for it",
    ("raw", "image.not_an_image"): "oslo calls raw what it does not know",
    ("raw", "image.not_sectors"): "no disk has that size",
    ("raw", "image.no_partition_table"): "random bytes hold nothing to start",
    ("format_5_gpt", "image.no_partitions"): "the MBR promises a GPT, and there is none",
    ("region_complete_detects_inner_format", "image.malformed"): "a magic and a version alone: clusters of one byte",
    ("vmdk_bad_descriptor_mem_limit", "image.malformed"): "oslo reads the first MiB of a descriptor of 2 MiB",
    ("vmdk_bad_descriptor_mem_limit_stream_optimized", "image.malformed"): "the same",
    ("vmdk_with_footer", "image.truncated"): "its footer's grain directory lies far behind the end of the file",
}

# Oslo refuses them and imagedrop does not, by oslo's words.
PASSED = {
    "banned: This file format is not allowed": "IMS takes QED, and imagedrop reads it",
    "mbr: GPT MBR has invalid start CHS": "not even old firmware starts a GPT disk by it, and parted writes another",
    "mbr: GPT MBR defines invalid extra partitions": "theirs has no sectors, so it is none; a real one is refused",
}
NO_SIZE = ("qed",)  # oslo does not read it


@dataclass(frozen=True, slots=True)
class ImagedropResult:
    """`errors`: of the file and the disk."""

    format: str | None
    virtual_size: int | None
    errors: frozenset[str]
    seconds: float


def inspect_with_imagedrop(theirs: OsloResult) -> ImagedropResult:
    """Raises whatever the inspection must never raise."""
    declared: str | None = theirs["declared"]
    ending = ENDINGS.get(declared, declared)
    begun = time.monotonic()
    with FileSource(theirs["path"]) as source:
        seen = inspect(source, file_name=f"{Path(theirs['path']).name}.{ending}")
    seconds = time.monotonic() - begun
    facts = json.loads(json.dumps(seen.facts.public()))
    json.dumps([finding.public() for finding in seen.findings])
    errors = frozenset(one.id for one in seen.findings if one.severity == "error") & COMPARED
    return ImagedropResult(facts["format"], facts["virtual_size"], errors, seconds)


def disagreements(theirs: OsloResult, ours: ImagedropResult) -> Iterator[str]:
    name, size = theirs["format"], theirs["virtual_size"]
    if name and ours.format and ALSO_CALLED.get(name, name) != ALSO_CALLED.get(ours.format, ours.format):
        yield f"the format is {name} to oslo, {ours.format} to imagedrop"
    if size and ours.virtual_size not in (None, size) and name not in NO_SIZE:
        yield f"the disk has {size} bytes to oslo, {ours.virtual_size} to imagedrop"
    if theirs["refusal"] and not ours.errors and theirs["refusal"] not in PASSED:
        yield f"oslo refuses it ({theirs['refusal']}), imagedrop does not"
    if not theirs["refusal"]:
        unnamed = sorted(error for error in ours.errors if not reason_for_error(theirs, error))
        yield from (f"imagedrop refuses it ({error}), oslo does not" for error in unnamed)
    if ours.seconds > MAX_SECONDS:
        yield f"it took {ours.seconds:.1f} s"


def reason_for_error(theirs: OsloResult, error: str) -> str | None:
    """The named reason for an error where oslo has none."""
    return REFUSED.get((theirs["origin"], error)) or REFUSED.get((theirs["format"], error))


def reason(theirs: OsloResult, ours: ImagedropResult) -> str:
    """Why they may differ, where they do and it is named."""
    if theirs["refusal"]:
        return "" if ours.errors else PASSED.get(theirs["refusal"], "")
    return "; ".join(filter(None, (reason_for_error(theirs, error) for error in sorted(ours.errors))))
